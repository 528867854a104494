#include "libs/rpc/access.h"

#include <absl/strings/str_cat.h>

#include <algorithm>
#include <utility>

#include "libs/base/status_macros.h"

#include "houbu/type/v1/access.pb.h"

namespace houbu::rpc {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

/// gRPC's own services, which the library serves without passing through the seam.
bool IsLibraryService(absl::string_view name) {
  return name == "grpc.health.v1.Health" || name == "grpc.reflection.v1alpha.ServerReflection";
}

const FieldDescriptor* RequestIdOf(const Descriptor& request) {
  const FieldDescriptor* field = request.FindFieldByName("request_id");
  if (field == nullptr || field->is_repeated()) return nullptr;
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? field : nullptr;
}

absl::StatusOr<std::unique_ptr<MethodRule>> RuleOf(const MethodDescriptor& method) {
  if (!method.options().HasExtension(type::v1::access)) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " has no (houbu.type.v1.access) option"));
  }
  if (method.server_streaming()) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " streams its answers, which the seam does not serve"));
  }
  const type::v1::Access& access = method.options().GetExtension(type::v1::access);
  if (access.roles_size() > 0 && !access.operator_()) {
    return absl::FailedPreconditionError(
        absl::StrCat(method.full_name(), " names roles and lets no operator in"));
  }
  auto rule = std::make_unique<MethodRule>();
  rule->path = absl::StrCat("/", method.service()->full_name(), "/", method.name());
  rule->service = method.service()->full_name();
  rule->method = method.name();
  rule->streams = method.client_streaming();
  rule->open = access.public_();
  rule->account = access.account();
  rule->operators = access.operator_();
  rule->services.insert(access.services().begin(), access.services().end());
  rule->roles.assign(access.roles().begin(), access.roles().end());
  rule->request_id = RequestIdOf(*method.input_type());
  return rule;
}

}  // namespace

absl::Status CheckAccess(const MethodRule& rule, const Caller& caller) {
  if (rule.open) return absl::OkStatus();
  bool allowed = false;
  switch (caller.kind) {
    case Caller::Kind::kPublic:
      allowed = rule.services.contains(caller.service);  // the gateway for itself
      if (!allowed && rule.account) return Refuse(kSignInRequired);
      break;
    case Caller::Kind::kAccount:
      allowed = rule.account;
      break;
    case Caller::Kind::kOperator:
      allowed = rule.operators;
      break;
    case Caller::Kind::kService:
      allowed = rule.services.contains(caller.service);
      break;
  }
  return allowed ? absl::OkStatus() : Refuse(kCallerNotAllowed);
}

absl::StatusOr<AccessTable> AccessTable::For(absl::Span<const std::string> service_names) {
  return For(service_names, *DescriptorPool::generated_pool());
}

absl::StatusOr<AccessTable> AccessTable::For(absl::Span<const std::string> service_names,
                                             const DescriptorPool& pool) {
  AccessTable table;
  for (const std::string& name : service_names) {
    if (IsLibraryService(name)) continue;
    const ServiceDescriptor* service = pool.FindServiceByName(name);
    if (service == nullptr) {
      return absl::FailedPreconditionError(absl::StrCat(name, " is no compiled-in service"));
    }
    for (int i = 0; i < service->method_count(); ++i) {
      const MethodDescriptor& method = *service->method(i);
      ASSIGN_OR_RETURN(std::unique_ptr<MethodRule> rule, RuleOf(method));
      const auto [place, fresh] = table.rules_.try_emplace(method.input_type(), std::move(rule));
      if (!fresh) {
        return absl::FailedPreconditionError(absl::StrCat(
            method.full_name(), " shares its request message with ", place->second->path));
      }
    }
  }
  return table;
}

const MethodRule* AccessTable::Find(const Descriptor* request) const {
  const auto found = rules_.find(request);
  return found == rules_.end() ? nullptr : found->second.get();
}

std::vector<const MethodRule*> AccessTable::rules() const {
  std::vector<const MethodRule*> rules;
  rules.reserve(rules_.size());
  for (const auto& [request, rule] : rules_) rules.push_back(rule.get());
  std::sort(rules.begin(), rules.end(),
            [](const MethodRule* a, const MethodRule* b) { return a->path < b->path; });
  return rules;
}

}  // namespace houbu::rpc
