#include "services/account/domain/restriction.h"

#include <catch2/catch.hpp>

#include "services/account/domain/ban.h"

namespace houbu::account {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1793491200);
constexpr absl::Duration kDay = absl::Hours(24);

std::vector<absl::Time> DaysAgo(const std::vector<int>& days) {
  std::vector<absl::Time> times;
  for (const int day : days) times.push_back(kNow - day * kDay);
  return times;
}

Restriction Booking(std::optional<absl::Time> until) {
  Restriction restriction;
  restriction.level = RestrictionLevel::kBooking;
  restriction.reason_code = kManyCancellations;
  restriction.since = kNow;
  restriction.until = until;
  return restriction;
}

BanProposal Proposal() {
  BanProposal proposal;
  proposal.id = "bp-1";
  proposal.account = "ac-1";
  proposal.reason = "a drawn passport";
  proposal.maker = "operators/mei";
  proposal.made_at = kNow;
  return proposal;
}

std::string Decided(const BanProposal& proposal, bool is_approval, const char* person,
                    absl::Time now) {
  const BanDecision decision{is_approval, person, ""};
  const absl::StatusOr<BanProposal> decided = Decide(proposal, decision, now);
  return decided.ok() ? "" : std::string(ReasonOf(decided.status()));
}

}  // namespace

TEST_CASE("three cancellations within thirty days restrict booking for thirty",
          "[account][restriction][R-19]") {
  struct Row {
    std::vector<int> days_ago;
    bool is_restricted;
  };
  const Row rows[] = {
      {{}, false},        {{0}, false},         {{5, 0}, false},         {{10, 5, 0}, true},
      {{29, 5, 0}, true}, {{30, 5, 0}, false},  {{0, 5, 29}, true},  // in any order
      {{0, 0, 0}, true},  {{60, 40, 5}, false}, {{40, 20, 15, 0}, true},
  };
  for (const Row& row : rows) {
    const auto restriction = JudgeCancellations(CancellationPolicy(), DaysAgo(row.days_ago));
    REQUIRE(restriction.has_value() == row.is_restricted);
    if (!row.is_restricted) continue;
    CHECK(restriction->level == RestrictionLevel::kBooking);
    CHECK(restriction->reason_code == "CANCELLATIONS");
    CHECK(restriction->since == kNow);
    CHECK(restriction->until == kNow + 30 * kDay);
  }
}

TEST_CASE("a restriction ends by itself, or when it is lifted, once",
          "[account][restriction][R-19]") {
  const Restriction restriction = Booking(kNow + kDay);
  CHECK_FALSE(IsActive(restriction, kNow - absl::Seconds(1)));
  CHECK(IsActive(restriction, kNow));
  CHECK_FALSE(IsActive(restriction, kNow + kDay));
  const auto lifted = Lift(restriction, "operators/mei", "a mistake of ours", kNow);
  REQUIRE(lifted.ok());
  CHECK_FALSE(IsActive(*lifted, kNow));
  CHECK(ReasonOf(Lift(*lifted, "operators/mei", "again", kNow).status()) == "RESTRICTION_OVER");
  CHECK(ReasonOf(Lift(restriction, "operators/mei", "late", kNow + kDay).status()) ==
        "RESTRICTION_OVER");
}

TEST_CASE("a refusal says every level, the last end and every reason",
          "[account][restriction][R-19]") {
  const std::vector<RestrictionLevel> levels = {RestrictionLevel::kBooking,
                                                RestrictionLevel::kSignIn};
  CHECK(CheckUnrestricted({}, levels).ok());
  Restriction payment = Booking(std::nullopt);
  payment.level = RestrictionLevel::kPayment;
  CHECK(CheckUnrestricted({payment}, levels).ok());
  const absl::Status two =
      CheckUnrestricted({Booking(kNow + kDay), Booking(kNow + 2 * kDay), payment}, levels);
  CHECK(ReasonOf(two) == "ACCOUNT_RESTRICTED");
  Metadata metadata = MetadataOf(two);
  CHECK(metadata["level"] == "BOOKING");
  CHECK(metadata["reason"] == "CANCELLATIONS");
  CHECK(metadata["until"] ==
        absl::FormatTime(absl::RFC3339_sec, kNow + 2 * kDay, absl::UTCTimeZone()));
  Restriction ban = Booking(std::nullopt);
  ban.level = RestrictionLevel::kSignIn;
  ban.reason_code = kForgedDocuments;
  metadata = MetadataOf(CheckUnrestricted({ban, Booking(kNow + kDay)}, levels));
  CHECK(metadata["level"] == "BOOKING,SIGN_IN");
  CHECK(metadata["reason"] == "CANCELLATIONS,FORGED_DOCUMENTS");
  CHECK(metadata["until"] == "");
}

TEST_CASE("a ban takes two people, in time, once", "[account][ban][R-09][A-23]") {
  const BanProposal open = Proposal();
  CHECK(Decided(open, true, "operators/mei", kNow) == "OWN_BAN_PROPOSAL");
  CHECK(Decided(open, false, "operators/mei", kNow) == "");  // withdrawn
  CHECK(Decided(open, true, "operators/li", kNow) == "");
  CHECK(Decided(open, true, "operators/li", kNow + kBanProposalLife) == "BAN_PROPOSAL_EXPIRED");
  CHECK(Decided(open, false, "operators/li", kNow + kBanProposalLife) == "");
  BanProposal decided = Proposal();
  decided.state = BanState::kRejected;
  CHECK(Decided(decided, true, "operators/li", kNow) == "BAN_PROPOSAL_DECIDED");
}

TEST_CASE("a ban keeps from everything for good, and one person does not lift it",
          "[account][ban][R-09]") {
  const std::vector<Restriction> restrictions = RestrictionsOf(Proposal());
  REQUIRE(restrictions.size() == 3);
  for (const Restriction& restriction : restrictions) {
    CHECK(IsActive(restriction, kNow + 10000 * kDay));
    CHECK(ReasonOf(Lift(restriction, "operators/mei", "please", kNow).status()) == "BAN_TAKES_TWO");
  }
}

}  // namespace houbu::account
