#include "libs/rpc/role_guard.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/testing/test_service.h"

#include "houbu/account/v1/audit.grpc.pb.h"

namespace houbu::rpc {

namespace {

using account::v1::ListAuditEntriesRequest;
using account::v1::ListAuditEntriesResponse;
using AuditStub = account::v1::AuditService::Stub;

/// A service whose methods have roles.
class AuditHandlers final : public account::v1::AuditService::CallbackService {
 public:
  explicit AuditHandlers(Seam& seam) : seam_(seam) {}

  grpc::ServerUnaryReactor* ListAuditEntries(grpc::CallbackServerContext* context,
                                             const ListAuditEntriesRequest* request,
                                             ListAuditEntriesResponse* response) override {
    return seam_.Run(context, request, response, this, &AuditHandlers::Show);
  }

 private:
  async::Task<ListAuditEntriesResponse> Show(const Call&, const ListAuditEntriesRequest&) {
    co_return ListAuditEntriesResponse();
  }

  Seam& seam_;
};

/// Knows one person; remembers who was sent away.
class OnePersonGuard final : public RoleGuard {
 public:
  absl::Status Learn(const MethodRule& rule) override {
    learned.push_back(rule.method);
    return absl::OkStatus();
  }

  async::Task<void> Admit(Caller caller, const MethodRule& rule, absl::Status refused) override {
    const bool is_refused = !refused.ok() || caller.person != "mei";
    if (is_refused) turned_away.push_back(caller.service + caller.account + " " + rule.method);
    if (!refused.ok()) co_return refused;
    co_return is_refused ? Refuse(kRoleMissing) : absl::OkStatus();
  }

  std::vector<std::string> learned;
  std::vector<std::string> turned_away;
};

std::string ReasonFor(testing::TestService& service, const std::string& name, bool as_account) {
  const Channel channel =
      service.Connect(service.authority.IssueWithUris({"spiffe://houbu/" + name}));
  const Client<AuditStub> client(channel);
  CallContext context = Within(absl::Seconds(5));
  if (as_account) context.bearer = "good";
  const auto answer = testing::RunTask(client.Call(&AuditStub::async_interface::ListAuditEntries,
                                                   ListAuditEntriesRequest(), context));
  return answer.ok() ? "OK" : std::string(ReasonOf(answer.status()));
}

}  // namespace

TEST_CASE("a service with roles and nobody to look at them does not start", "[rpc][access][A-2]") {
  testing::TestService service;
  AuditHandlers handlers(service.seam);
  const absl::Status status = service.Serve(handlers);
  CHECK(status.code() == absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("a method with roles is answered for who has one, and the guard sees all others",
          "[rpc][access][A-2]") {
  testing::TestService service;
  OnePersonGuard guard;
  service.seam.GuardRoles(guard);
  AuditHandlers handlers(service.seam);
  REQUIRE(service.Serve(handlers).ok());
  CHECK(guard.learned == std::vector<std::string>{"ListAuditEntries", "ListAuditHeads"});
  CHECK(ReasonFor(service, "operators/mei", false) == "OK");
  CHECK(ReasonFor(service, "operators/li", false) == "ROLE_MISSING");
  CHECK(ReasonFor(service, "operator", false) == "ROLE_MISSING");
  CHECK(ReasonFor(service, "slot", false) == "CALLER_NOT_ALLOWED");
  CHECK(ReasonFor(service, "gateway", true) == "CALLER_NOT_ALLOWED");
  CHECK(ReasonFor(service, "gateway", false) == "CALLER_NOT_ALLOWED");
  CHECK(guard.turned_away ==
        std::vector<std::string>{"operators/li ListAuditEntries", "operator ListAuditEntries",
                                 "slot ListAuditEntries", "gatewayaccounts/ac-1 ListAuditEntries"});
}

}  // namespace houbu::rpc
