#include "services/slot/peers/answers.h"

#include "absl/strings/match.h"

#include "houbu/payment/v1/payment.pb.h"
#include "houbu/slot/v1/slot.pb.h"

namespace houbu::slot {
namespace {

constexpr char kBookings[] = "bookings/";
constexpr char kDemands[] = "demands/";

}  // namespace

absl::StatusOr<BookingId> OpenedPaymentOf(const std::string& request) {
  payment::v1::CreatePaymentRequest opened;
  if (!opened.ParseFromString(request) || !absl::StartsWith(opened.order(), kBookings)) {
    return absl::InternalError("a payment was opened by a request that is not ours");
  }
  return BookingId(opened.order().substr(sizeof(kBookings) - 1));
}

absl::StatusOr<Verdict> VerdictOf(const std::string& request, const std::string& answer) {
  v1::OnMatchRequest asked;
  v1::OnMatchResponse said;
  if (!asked.ParseFromString(request) || !said.ParseFromString(answer) ||
      !absl::StartsWith(asked.demand(), kDemands)) {
    return absl::InternalError("a verdict does not parse");
  }
  Verdict verdict;
  verdict.demand = DemandId(asked.demand().substr(sizeof(kDemands) - 1));
  switch (said.verdict()) {
    case v1::OnMatchResponse::VERDICT_ACCEPTED:
      verdict.accepted = true;
      return verdict;
    case v1::OnMatchResponse::VERDICT_DECLINED:
      return verdict;
    default:
      return absl::InternalError("the listener said neither yes nor no");
  }
}

}  // namespace houbu::slot
