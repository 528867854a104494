#include "libs/rpc/seam.h"

#include <absl/strings/escaping.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <grpc/grpc_security_constants.h>
#include <grpcpp/security/auth_context.h>
#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/status_macros.h"
#include "libs/rpc/call_reactor.h"
#include "libs/rpc/traceparent.h"

namespace houbu::rpc {

namespace {

constexpr std::size_t kRequestIdSizeMax = 64;
constexpr std::size_t kAddressMax = 45;  // an IPv6 address that holds an IPv4 one

std::vector<std::string> HeadersOf(const grpc::CallbackServerContext& context, const char* name) {
  std::vector<std::string> values;
  const auto [first, last] = context.client_metadata().equal_range(name);
  for (auto header = first; header != last; ++header) {
    values.emplace_back(header->second.data(), header->second.size());
  }
  return values;
}

std::string HeaderOf(const grpc::CallbackServerContext& context, const char* name) {
  const std::vector<std::string> values = HeadersOf(context, name);
  return values.empty() ? std::string() : values.front();
}

Credentials CredentialsOf(const grpc::CallbackServerContext& context) {
  Credentials credentials;
  credentials.authorizations = HeadersOf(context, "authorization");
  credentials.client_address = HeaderOf(context, "houbu-client-address").substr(0, kAddressMax);
  const std::shared_ptr<const grpc::AuthContext> peer = context.auth_context();
  if (peer == nullptr || !peer->IsPeerAuthenticated()) return credentials;
  for (const grpc::string_ref& uri : peer->FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME)) {
    credentials.uris.emplace_back(uri.data(), uri.size());
  }
  return credentials;
}

std::string FingerprintOf(const google::protobuf::Message& request, absl::string_view key) {
  std::string bytes;
  {
    google::protobuf::io::StringOutputStream output(&bytes);
    google::protobuf::io::CodedOutputStream coded(&output);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  std::string digest(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size());
  return absl::BytesToHexString(digest);
}

bool IsRequestId(absl::string_view id) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_';
  };
  return id.size() <= kRequestIdSizeMax && std::all_of(id.begin(), id.end(), allowed);
}

absl::Status ReadRequestId(const MethodRule& rule, const google::protobuf::Message& request,
                           absl::string_view fingerprint_key, RequestKey& key) {
  if (rule.request_id == nullptr) return absl::OkStatus();
  key.request_id = request.GetReflection()->GetString(request, rule.request_id);
  Violations violations;
  if (key.request_id.empty()) {
    violations.Add("request_id", "is required");
  } else if (!IsRequestId(key.request_id)) {
    violations.Add("request_id", "must be at most 64 characters of A-Z, a-z, 0-9, - and _");
  }
  if (!violations.empty()) {
    key.request_id.clear();
    return violations.ToStatus();
  }
  key.fingerprint = FingerprintOf(request, fingerprint_key);
  return absl::OkStatus();
}

absl::Time DeadlineOf(const grpc::CallbackServerContext& context, const SeamOptions& options) {
  const absl::Time now = SystemClock().Now();
  const std::chrono::system_clock::time_point asked = context.deadline();
  if (asked == std::chrono::system_clock::time_point::max()) return now + options.deadline_default;
  return std::min(absl::FromChrono(asked), now + options.deadline_max);
}

}  // namespace

Seam::Seam(boost::asio::any_io_executor executor, Authenticator authenticator, CallMetrics& metrics,
           CallObserver& observer, SeamOptions options)
    : executor_(std::move(executor)),
      authenticator_(std::move(authenticator)),
      metrics_(metrics),
      observer_(observer),
      options_(std::move(options)) {}

absl::Status Seam::Learn(absl::Span<const std::string> service_names) {
  ASSIGN_OR_RETURN(access_, AccessTable::For(service_names));
  for (const MethodRule* rule : access_.rules()) {
    metrics_.Introduce(rule->service, rule->method, rule->streams ? "client_stream" : "unary");
    if (rule->roles.empty()) continue;
    if (guard_ == nullptr || rule->streams) {
      return absl::FailedPreconditionError(
          absl::StrCat(rule->path, " has roles, and nothing looks at them here"));
    }
    RETURN_IF_ERROR(guard_->Learn(*rule));
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* Seam::Open(grpc::CallbackServerContext& context,
                                     const google::protobuf::Message& request, const Work& work) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  const Received received = Receive(context, request, reactor);
  if (received.call == nullptr) return reactor;
  if (received.is_guarded) {
    received.call->Start(Guarded(received, work));
  } else {
    received.call->Start(work);
  }
  return reactor;
}

grpc::ServerUnaryReactor* Seam::OpenAtOnce(
    grpc::CallbackServerContext& context, const google::protobuf::Message& request,
    absl::FunctionRef<std::optional<absl::Status>(const Call&)> attempt,
    absl::FunctionRef<Work()> work) {
  grpc::ServerUnaryReactor* reactor = nullptr;
  const Received received = Receive(context, request, reactor);
  if (received.call == nullptr) return reactor;
  if (received.is_guarded) {
    received.call->Start(Guarded(received, work()));
    return reactor;
  }
  const std::optional<absl::Status> answered = attempt(received.call->call());
  if (answered.has_value()) {
    received.call->Answer(*answered);
  } else {
    received.call->Start(work());
  }
  return reactor;
}

Seam::Work Seam::Guarded(const Received& received, Work work) const {
  return [guard = guard_, rule = received.rule, refused = received.refused, work = std::move(work)](
             const Call& call) { return AnswerGuarded(guard, rule, refused, work, &call); };
}

async::Task<void> Seam::AnswerGuarded(RoleGuard* guard, const MethodRule* rule,
                                      absl::Status refused, Work work, const Call* call) {
  Caller caller = call->caller;
  const absl::Status admitted = co_await guard->Admit(std::move(caller), *rule, refused);
  if (!admitted.ok()) co_return admitted;
  if (!refused.ok()) co_return refused;
  co_return co_await work(*call);
}

// Gives the call where it was admitted, or where a guard has its say; where not, it has its answer.
Seam::Received Seam::Receive(grpc::CallbackServerContext& context,
                             const google::protobuf::Message& request,
                             grpc::ServerUnaryReactor*& reactor) {
  Received received;
  received.rule = access_.Find(request.GetDescriptor());
  if (received.rule == nullptr) {
    reactor = context.DefaultReactor();
    reactor->Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "There is no such method."));
    return received;
  }
  auto* call = new CallReactor(executor_, *received.rule, metrics_, observer_);
  reactor = call;
  received.refused = Admit(*received.rule, context, call->call());
  if (received.refused.ok()) {
    received.refused = Identify(*received.rule, request, call->call().request_key);
  }
  received.is_guarded =
      !received.rule->roles.empty() && call->call().caller.kind != Caller::Kind::kPublic;
  if (received.refused.ok() || received.is_guarded) {
    received.call = call;
  } else {
    call->Answer(received.refused);
  }
  return received;
}

absl::Status Seam::Admit(const MethodRule& rule, const grpc::CallbackServerContext& context,
                         Call& call) const {
  call.traceparent = ChildTraceparent(HeaderOf(context, "traceparent"));
  call.language = HeaderOf(context, "accept-language");
  call.deadline = DeadlineOf(context, options_);
  call.request_key.method = rule.path;
  ASSIGN_OR_RETURN(call.caller, authenticator_.Identify(CredentialsOf(context)));
  call.request_key.caller = call.caller.kind == Caller::Kind::kAccount
                                ? call.caller.account
                                : "services/" + call.caller.service;
  return CheckAccess(rule, call.caller);
}

absl::Status Seam::Identify(const MethodRule& rule, const google::protobuf::Message& request,
                            RequestKey& key) const {
  return ReadRequestId(rule, request, options_.fingerprint_key, key);
}

}  // namespace houbu::rpc
