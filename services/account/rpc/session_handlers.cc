#include "services/account/rpc/session_handlers.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/sign_in_wire.h"

namespace houbu::account {
namespace {

v1::Session RenderShown(const Session& session) { return ToWire(session); }

v1::RevokeAllSessionsResponse RenderCount(const int& count) {
  v1::RevokeAllSessionsResponse response;
  response.set_revoked_count(count);
  return response;
}

}  // namespace

Task<v1::ListSessionsResponse> SessionHandlers::ShowList(const rpc::Call& call,
                                                         const v1::ListSessionsRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "parent", request.parent(), kAccountNotFound));
  Violations violations;
  const std::string filter = absl::StrCat("sessions/", account);
  const int size = rpc::PageSize(violations, request.page_size());
  std::string before = rpc::DecodePageToken(violations, filter, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<Session> sessions,
                      co_await sessions_.List(std::move(account), std::move(before), size));
  v1::ListSessionsResponse response;
  for (const Session& session : sessions) {
    v1::Session& wire = *response.add_sessions();
    wire = ToWire(session);
    wire.set_current(wire.name() == call.caller.session);
  }
  if (static_cast<int>(sessions.size()) == size) {
    response.set_next_page_token(rpc::EncodePageToken(filter, sessions.back().id));
  }
  co_return response;
}

Task<v1::Session> SessionHandlers::End(const rpc::Call& call,
                                       const v1::RevokeSessionRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id, OwnSession(call, "name", request.name(), kSessionNotFound));
  Mutation<Session> mutation = rpc::Answering<Session>(call, RenderShown);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await sessions_.End(CallerId(call), std::move(id), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Session>(answer);
}

Task<v1::RevokeAllSessionsResponse> SessionHandlers::EndAll(
    const rpc::Call& call, const v1::RevokeAllSessionsRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "parent", request.parent(), kAccountNotFound));
  std::string kept = request.keep_current() ? CallerSessionId(call) : "";
  Mutation<int> mutation = rpc::Answering<int>(call, RenderCount);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await sessions_.EndAll(std::move(account), std::move(kept), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::RevokeAllSessionsResponse>(answer);
}

}  // namespace houbu::account
