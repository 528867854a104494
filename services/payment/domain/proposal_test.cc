#include "services/payment/domain/proposal.h"

#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'793'491'200);

Proposal Made() {
  Proposal proposal;
  proposal.id = ProposalId("pp-1");
  proposal.maker = "first";
  proposal.create_time = kNow;
  return proposal;
}

TEST_CASE("A proposal is approved by a second person only, once and not for ever",
          "[payment][proposal][X-06]") {
  const Decision by_second{true, "second", ""};
  const auto approved = Decide(Made(), by_second, kNow + absl::Hours(1));
  REQUIRE(approved.ok());
  CHECK(approved->state == ProposalState::kApproved);
  CHECK(approved->checker == "second");
  CHECK(approved->decide_time == kNow + absl::Hours(1));
  CHECK(ReasonOf(Decide(*approved, by_second, kNow).status()) == "PROPOSAL_DECIDED");
  CHECK(ReasonOf(Decide(Made(), Decision{true, "first", ""}, kNow).status()) == "OWN_PROPOSAL");
  CHECK(Decide(Made(), by_second, kNow + kProposalLife - absl::Seconds(1)).ok());
  CHECK(ReasonOf(Decide(Made(), by_second, kNow + kProposalLife).status()) == "PROPOSAL_EXPIRED");
}

TEST_CASE("Whoever made a proposal may take it back, however old it is",
          "[payment][proposal][X-06]") {
  const auto rejected =
      Decide(Made(), Decision{false, "first", "a slip"}, kNow + 2 * kProposalLife);
  REQUIRE(rejected.ok());
  CHECK(rejected->state == ProposalState::kRejected);
  CHECK(rejected->comment == "a slip");
}

TEST_CASE("People post to accounts of the ledger, to suspense and to differences",
          "[payment][reconciliation][X-06]") {
  for (const char* account :
       {"provider_receivable:alipay", "refunds_payable:sandbox", "suspense:wechat_pay",
        "customer_prepayments", "fares", "fees", "differences"}) {
    INFO(account);
    CHECK(IsAdjustable(account));
  }
  for (const char* account : {"", "fees:alipay", "suspense", "suspense:", "suspense:paypal",
                              "provider_receivable", "cash", "fees "}) {
    INFO(account);
    CHECK(!IsAdjustable(account));
  }
}

}  // namespace
}  // namespace houbu::payment
