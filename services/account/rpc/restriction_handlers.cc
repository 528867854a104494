#include "services/account/rpc/restriction_handlers.h"

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

constexpr char kRestrictionPattern[] = "accounts/{account}/restrictions/{restriction}";
constexpr char kProposalPattern[] = "accounts/{account}/banProposals/{proposal}";

v1::Restriction::Level ToWire(RestrictionLevel level) {
  switch (level) {
    case RestrictionLevel::kSignIn:
      return v1::Restriction::LEVEL_SIGN_IN;
    case RestrictionLevel::kBooking:
      return v1::Restriction::LEVEL_BOOKING;
    case RestrictionLevel::kPayment:
      return v1::Restriction::LEVEL_PAYMENT;
  }
  return v1::Restriction::LEVEL_UNSPECIFIED;
}

RestrictionLevel LevelOf(v1::Restriction::Level level) {
  return level == v1::Restriction::LEVEL_SIGN_IN   ? RestrictionLevel::kSignIn
         : level == v1::Restriction::LEVEL_BOOKING ? RestrictionLevel::kBooking
                                                   : RestrictionLevel::kPayment;
}

/// What a restriction's owner is shown: who of the staff did it is not for them.
v1::Restriction ToOwner(const Restriction& restriction, absl::Time now) {
  v1::Restriction wire;
  wire.set_name(NameOf(restriction));
  *wire.mutable_create_time() = rpc::ToWire(restriction.since);
  wire.set_level(ToWire(restriction.level));
  wire.set_reason_code(restriction.reason_code);
  wire.set_description(restriction.text);
  if (restriction.until.has_value()) {
    *wire.mutable_expire_time() = rpc::ToWire(*restriction.until);
  }
  wire.set_active(IsActive(restriction, now));
  if (restriction.lifted_at.has_value()) {
    *wire.mutable_lift_time() = rpc::ToWire(*restriction.lifted_at);
  }
  return wire;
}

v1::Restriction ToStaff(const Restriction& restriction, absl::Time now) {
  v1::Restriction wire = ToOwner(restriction, now);
  wire.set_imposed_by(restriction.imposed_by);
  wire.set_lifted_by(restriction.lifted_by);
  wire.set_lift_reason(restriction.lift_reason);
  return wire;
}

v1::BanProposal ToWire(const BanProposal& proposal) {
  v1::BanProposal wire;
  wire.set_name(NameOf(proposal));
  *wire.mutable_create_time() = rpc::ToWire(proposal.made_at);
  wire.set_kind(proposal.kind == BanKind::kBan ? v1::BanProposal::KIND_BAN
                                               : v1::BanProposal::KIND_LIFT);
  wire.set_state(static_cast<v1::BanProposal::State>(static_cast<int>(proposal.state) + 1));
  wire.set_reason(proposal.reason);
  wire.set_maker(proposal.maker);
  wire.set_checker(proposal.checker);
  wire.set_comment(proposal.comment);
  *wire.mutable_expire_time() = rpc::ToWire(proposal.made_at + kBanProposalLife);
  if (proposal.decided_at.has_value()) {
    *wire.mutable_decide_time() = rpc::ToWire(*proposal.decided_at);
  }
  return wire;
}

v1::BanProposal RenderProposal(const BanProposal& proposal) { return ToWire(proposal); }

slot::v1::OnBookingCancelledResponse RenderHeard(const OwnCancellation&) { return {}; }

Mutation<Restriction> AnswerToStaff(const rpc::Call& call, absl::Time now) {
  const auto render = [now](const Restriction& restriction) { return ToStaff(restriction, now); };
  return rpc::Answering<Restriction>(call, render);
}

}  // namespace

Task<v1::ListRestrictionsResponse> RestrictionHandlers::ShowList(
    const rpc::Call& call, const v1::ListRestrictionsRequest& request) {
  Violations violations;
  std::string account =
      rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}").front();
  const std::string list = absl::StrCat("restrictions/", account);
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, list, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const bool is_staff = call.caller.kind == rpc::Caller::Kind::kOperator;
  if (!is_staff && account != CallerId(call)) {
    co_return Refuse(kAccountNotFound);
  }
  ASSIGN_OR_CO_RETURN(const std::vector<Restriction> restrictions,
                      co_await restrictions_.List(std::move(account), std::move(after), size));
  const absl::Time now = clock_.Now();
  v1::ListRestrictionsResponse response;
  for (const Restriction& restriction : restrictions) {
    *response.add_restrictions() = is_staff ? ToStaff(restriction, now) : ToOwner(restriction, now);
  }
  if (response.restrictions_size() == size) {
    response.set_next_page_token(rpc::EncodePageToken(list, restrictions.back().id));
  }
  co_return response;
}

Task<v1::Restriction> RestrictionHandlers::Impose(const rpc::Call& call,
                                                  const v1::ImposeRestrictionRequest& request) {
  Violations violations;
  Imposition wanted;
  wanted.account =
      rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}").front();
  rpc::RequireEnum<v1::Restriction::Level>(violations, "level", request.level(),
                                           v1::Restriction::Level_IsValid);
  wanted.until =
      rpc::RequireTime(violations, "expire_time", request.has_expire_time(), request.expire_time());
  wanted.reason = RequireReason(violations, "reason", request.reason());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  wanted.level = LevelOf(request.level());
  Mutation<Restriction> mutation = AnswerToStaff(call, clock_.Now());
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await restrictions_.Impose(std::move(wanted), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Restriction>(answer);
}

Task<v1::Restriction> RestrictionHandlers::Lift(const rpc::Call& call,
                                                const v1::LiftRestrictionRequest& request) {
  Violations violations;
  std::vector<std::string> ids =
      rpc::RequireName(violations, "name", request.name(), kRestrictionPattern);
  std::string reason = RequireReason(violations, "reason", request.reason());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<Restriction> mutation = AnswerToStaff(call, clock_.Now());
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await restrictions_.Lift(ids[0], ids[1], std::move(reason), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Restriction>(answer);
}

Task<v1::BanProposal> RestrictionHandlers::Propose(const rpc::Call& call,
                                                   const v1::ProposeBanRequest& request) {
  Violations violations;
  std::string account =
      rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}").front();
  rpc::RequireEnum<v1::BanProposal::Kind>(violations, "kind", request.kind(),
                                          v1::BanProposal::Kind_IsValid);
  std::string reason = RequireReason(violations, "reason", request.reason());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const BanKind kind = request.kind() == v1::BanProposal::KIND_BAN ? BanKind::kBan : BanKind::kLift;
  Mutation<BanProposal> mutation = rpc::Answering<BanProposal>(call, RenderProposal);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await restrictions_.ProposeBan(std::move(account), kind, std::move(reason),
                                                        std::move(mutation)));
  co_return rpc::ParseAnswer<v1::BanProposal>(answer);
}

Task<v1::BanProposal> RestrictionHandlers::Decide(const rpc::Call& call,
                                                  const v1::DecideBanRequest& request) {
  Violations violations;
  std::vector<std::string> ids =
      rpc::RequireName(violations, "name", request.name(), kProposalPattern);
  rpc::RequireEnum<v1::DecideBanRequest::Decision>(violations, "decision", request.decision(),
                                                   v1::DecideBanRequest::Decision_IsValid);
  std::string comment = RequireReason(violations, "reason", request.reason());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  const bool is_approval = request.decision() == v1::DecideBanRequest::DECISION_APPROVE;
  Mutation<BanProposal> mutation = rpc::Answering<BanProposal>(call, RenderProposal);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await restrictions_.DecideBan(ids[0], ids[1], is_approval,
                                                       std::move(comment), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::BanProposal>(answer);
}

Task<v1::ListBanProposalsResponse> RestrictionHandlers::ShowProposals(
    const rpc::Call&, const v1::ListBanProposalsRequest& request) {
  Violations violations;
  const std::string list = request.with_decided() ? "banProposals/all" : "banProposals/open";
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, list, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(
      const std::vector<BanProposal> proposals,
      co_await restrictions_.ListBanProposals(request.with_decided(), std::move(after), size));
  v1::ListBanProposalsResponse response;
  for (const BanProposal& proposal : proposals) {
    *response.add_proposals() = ToWire(proposal);
  }
  if (response.proposals_size() == size) {
    response.set_next_page_token(rpc::EncodePageToken(list, proposals.back().id));
  }
  co_return response;
}

Task<slot::v1::OnBookingCancelledResponse> CancellationListenerHandlers::Hear(
    const rpc::Call& call, const slot::v1::OnBookingCancelledRequest& request) {
  Violations violations;
  OwnCancellation cancellation;
  cancellation.account =
      rpc::RequireName(violations, "account", request.account(), "accounts/{account}").front();
  rpc::RequireName(violations, "booking", request.booking(), "bookings/{booking}");
  cancellation.booking = request.booking();
  cancellation.at =
      rpc::RequireTime(violations, "cancel_time", request.has_cancel_time(), request.cancel_time());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Mutation<OwnCancellation> mutation = rpc::Answering<OwnCancellation>(call, RenderHeard);
  ASSIGN_OR_CO_RETURN(const std::string answer, co_await restrictions_.CountCancellation(
                                                    std::move(cancellation), std::move(mutation)));
  co_return rpc::ParseAnswer<slot::v1::OnBookingCancelledResponse>(answer);
}

}  // namespace houbu::account
