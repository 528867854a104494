#include "services/account/rpc/guardian_handlers.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/reason.h"

namespace houbu::account {
namespace {

constexpr char kPattern[] = "accounts/{account}/guardianships/{guardianship}";
constexpr int kWordCharactersMax = 63;

v1::Guardianship ToOwner(const Guardianship& guardianship) {
  v1::Guardianship wire;
  wire.set_name(NameOf(guardianship));
  *wire.mutable_create_time() = rpc::ToWire(guardianship.proposed_at);
  wire.set_passenger(
      absl::StrCat("accounts/", guardianship.account, "/passengers/", guardianship.ward));
  wire.set_kind(guardianship.kind == WardKind::kChild ? v1::Guardianship::KIND_CHILD
                                                      : v1::Guardianship::KIND_ELDER);
  wire.set_proof(guardianship.proof);
  if (guardianship.consent.has_value()) {
    wire.mutable_consent()->set_text_version(guardianship.consent->text_version);
    wire.mutable_consent()->set_channel(guardianship.consent->channel);
    *wire.mutable_consent()->mutable_give_time() = rpc::ToWire(guardianship.consent->given_at);
  }
  wire.set_state(static_cast<v1::Guardianship::State>(static_cast<int>(guardianship.state) + 1));
  wire.set_reason(guardianship.reason);
  if (guardianship.decided_at.has_value()) {
    *wire.mutable_decide_time() = rpc::ToWire(*guardianship.decided_at);
  }
  if (guardianship.ended_at.has_value()) {
    *wire.mutable_end_time() = rpc::ToWire(*guardianship.ended_at);
  }
  return wire;
}

v1::Guardianship ToStaff(const Guardianship& guardianship) {
  v1::Guardianship wire = ToOwner(guardianship);
  wire.set_decided_by(guardianship.decided_by);
  return wire;
}

bool IsStaff(const rpc::Call& call) { return call.caller.kind == rpc::Caller::Kind::kOperator; }

Mutation<Guardianship> AnswerTo(const rpc::Call& call) {
  return rpc::Answering<Guardianship>(call, IsStaff(call) ? ToStaff : ToOwner);
}

}  // namespace

Task<v1::Guardianship> GuardianHandlers::Propose(const rpc::Call& call,
                                                 const v1::ProposeGuardianshipRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}");
  rpc::RequireName(violations, "passenger", request.passenger(),
                   "accounts/{account}/passengers/{passenger}");
  rpc::RequireName(violations, "proof", request.proof(),
                   "accounts/{account}/attachments/{attachment}");
  if (request.has_consent()) {
    rpc::RequireText(violations, "consent.text_version", request.consent().text_version(),
                     kWordCharactersMax);
    rpc::RequireText(violations, "consent.channel", request.consent().channel(),
                     kWordCharactersMax);
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  GuardianProposal proposal;
  ASSIGN_OR_CO_RETURN(proposal.account,
                      OwnAccount(call, "parent", request.parent(), kAccountNotFound));
  ASSIGN_OR_CO_RETURN(proposal.ward,
                      OwnPassenger(call, "passenger", request.passenger(), kPassengerNotFound));
  proposal.proof = request.proof();
  proposal.consent_text_version = request.consent().text_version();
  proposal.consent_channel = request.consent().channel();
  Mutation<Guardianship> mutation = AnswerTo(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await guardians_.Propose(std::move(proposal), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Guardianship>(answer);
}

Task<v1::ListGuardianshipsResponse> GuardianHandlers::ShowList(
    const rpc::Call& call, const v1::ListGuardianshipsRequest& request) {
  Violations violations;
  std::string account;
  if (!request.parent().empty() || !IsStaff(call)) {
    account =
        rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}").front();
  }
  const std::string list = absl::StrCat("guardianships/", account);
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, list, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (!IsStaff(call) && account != CallerId(call)) {
    co_return Refuse(kAccountNotFound);
  }
  ASSIGN_OR_CO_RETURN(const std::vector<Guardianship> guardianships,
                      co_await guardians_.List(std::move(account), std::move(after), size));
  v1::ListGuardianshipsResponse response;
  for (const Guardianship& guardianship : guardianships) {
    *response.add_guardianships() = IsStaff(call) ? ToStaff(guardianship) : ToOwner(guardianship);
  }
  if (response.guardianships_size() == size) {
    response.set_next_page_token(rpc::EncodePageToken(list, guardianships.back().id));
  }
  co_return response;
}

Task<v1::Guardianship> GuardianHandlers::Decide(const rpc::Call& call,
                                                const v1::DecideGuardianshipRequest& request) {
  Violations violations;
  std::vector<std::string> ids = rpc::RequireName(violations, "name", request.name(), kPattern);
  rpc::RequireEnum<v1::DecideGuardianshipRequest::Decision>(
      violations, "decision", request.decision(), v1::DecideGuardianshipRequest::Decision_IsValid);
  std::string reason = RequireReason(violations, "reason", request.reason());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const bool is_acceptance = request.decision() == v1::DecideGuardianshipRequest::DECISION_ACCEPT;
  Mutation<Guardianship> mutation = AnswerTo(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await guardians_.Decide(ids[0], ids[1], is_acceptance, std::move(reason),
                                                 std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Guardianship>(answer);
}

Task<v1::Guardianship> GuardianHandlers::End(const rpc::Call& call,
                                             const v1::EndGuardianshipRequest& request) {
  Violations violations;
  std::vector<std::string> ids = rpc::RequireName(violations, "name", request.name(), kPattern);
  std::string reason = RequireReason(violations, "reason", request.reason());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (!IsStaff(call) && ids[0] != CallerId(call)) {
    co_return Refuse(kGuardianshipNotFound);
  }
  Mutation<Guardianship> mutation = AnswerTo(call);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await guardians_.End(ids[0], ids[1], std::move(reason), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Guardianship>(answer);
}

}  // namespace houbu::account
