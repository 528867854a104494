#include "libs/process/account_traces.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/postgres/unit_of_work.h"
#include "libs/rpc/seam.h"
#include "libs/rpc/validate.h"

#include "houbu/account/v1/erasure.grpc.pb.h"

namespace houbu::process {
namespace {

namespace v1 = account::v1;
using async::Task;

constexpr int kBlockersMax = 100;
constexpr char kAccountPattern[] = "accounts/{account}";

/// Answers ErasureBlockerService.
class BlockerHandlers final : public v1::ErasureBlockerService::CallbackService {
 public:
  BlockerHandlers(rpc::Seam& seam, AccountTraces& traces) : seam_(seam), traces_(traces) {}

  grpc::ServerUnaryReactor* ListErasureBlockers(
      grpc::CallbackServerContext* context, const v1::ListErasureBlockersRequest* request,
      v1::ListErasureBlockersResponse* response) override {
    return seam_.Run(context, request, response, this, &BlockerHandlers::List);
  }

 private:
  Task<v1::ListErasureBlockersResponse> List(const rpc::Call&,
                                             const v1::ListErasureBlockersRequest& request) {
    Violations violations;
    rpc::RequireName(violations, "account", request.account(), kAccountPattern);
    CO_RETURN_IF_ERROR(violations.ToStatus());
    ASSIGN_OR_CO_RETURN(const std::vector<v1::ErasureBlocker> live,
                        co_await traces_.ListLive(request.account(), kBlockersMax));
    v1::ListErasureBlockersResponse response;
    response.mutable_blockers()->Assign(live.begin(), live.end());
    co_return response;
  }

  rpc::Seam& seam_;
  AccountTraces& traces_;
};

/// Answers ErasureListenerService.
class ListenerHandlers final : public v1::ErasureListenerService::CallbackService {
 public:
  ListenerHandlers(rpc::Seam& seam, AccountTraces& traces, const Clock& clock)
      : seam_(seam), traces_(traces), clock_(clock) {}

  grpc::ServerUnaryReactor* OnAccountErased(grpc::CallbackServerContext* context,
                                            const v1::OnAccountErasedRequest* request,
                                            v1::OnAccountErasedResponse* response) override {
    return seam_.Run(context, request, response, this, &ListenerHandlers::Hear);
  }

 private:
  Task<v1::OnAccountErasedResponse> Hear(const rpc::Call& call,
                                         const v1::OnAccountErasedRequest& request) {
    Violations violations;
    rpc::RequireName(violations, "account", request.account(), kAccountPattern);
    rpc::RequireTime(violations, "erase_time", request.has_erase_time(), request.erase_time());
    CO_RETURN_IF_ERROR(violations.ToStatus());
    v1::OnAccountErasedResponse response;
    CO_RETURN_IF_ERROR(co_await traces_.Forget(request.account(), call.request_key,
                                               response.SerializeAsString(), clock_.Now()));
    co_return response;
  }

  rpc::Seam& seam_;
  AccountTraces& traces_;
  const Clock& clock_;
};

}  // namespace

Task<std::vector<v1::ErasureBlocker>> AccountTraces::ListLive(std::string account, int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(statements_.list_live, std::move(parameters)));
  std::vector<v1::ErasureBlocker> live;
  for (int i = 0; i < result.rows(); ++i) {
    v1::ErasureBlocker blocker;
    blocker.set_name(result.row(i).Text("name"));
    v1::ErasureBlocker::Kind kind = v1::ErasureBlocker::KIND_UNSPECIFIED;
    v1::ErasureBlocker::Kind_Parse(absl::StrCat("KIND_", result.row(i).Text("kind")), &kind);
    blocker.set_kind(kind);
    live.push_back(std::move(blocker));
  }
  co_return live;
}

constexpr char kForgetAnswers[] = "DELETE FROM request_answers WHERE caller = $1";

Task<void> AccountTraces::Forget(std::string account, RequestKey key, std::string answer,
                                 absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work, co_await postgres::UnitOfWork::Begin(pool_, key));
  if (work.answer().has_value()) {
    co_return absl::OkStatus();
  }
  std::vector<const char*> statements = statements_.forget;
  statements.push_back(kForgetAnswers);
  for (const char* const statement : statements) {
    postgres::Parameters parameters;
    parameters.Add(account);
    CO_RETURN_IF_ERROR(co_await work.transaction().Execute(statement, std::move(parameters)));
  }
  co_return co_await work.Commit(std::move(answer), now);
}

void ServeAccountTraces(Parts& parts, Environment& env, TraceStatements statements) {
  const bool may_block = *statements.list_live != '\0';
  auto& traces = parts.Own<AccountTraces>(env.postgres(), std::move(statements));
  if (may_block) {
    parts.Serve<BlockerHandlers>(env.seam(), traces);
  }
  parts.Serve<ListenerHandlers>(env.seam(), traces, env.clock());
}

}  // namespace houbu::process
