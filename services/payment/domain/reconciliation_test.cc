#include "services/payment/domain/reconciliation.h"

#include <catch2/catch.hpp>

#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {
namespace {

absl::Time Beijing(int day, int hour, int minute) {
  return absl::FromCivil(absl::CivilMinute(2026, 3, day, hour, minute), RailwayZone());
}

int Count(absl::Time now, ReconciliationKind kind, const ReconciliationSchedule& schedule) {
  int count = 0;
  for (const Reconciliation& each : DueBy(now, Channel::kAlipay, true, schedule)) {
    CHECK(each.first_due_time <= now);
    count += each.kind == kind ? 1 : 0;
  }
  return count;
}

TEST_CASE("An hour is due a quarter past its end, a day's bill at ten on the next morning",
          "[payment][reconciliation][X-06]") {
  const ReconciliationSchedule schedule;
  const auto before = DueBy(Beijing(2, 9, 14), Channel::kAlipay, true, schedule);
  CHECK(before.front().kind == ReconciliationKind::kInquiry);
  CHECK(before.front().from == Beijing(2, 7, 0));
  const auto after = DueBy(Beijing(2, 9, 15), Channel::kAlipay, true, schedule);
  CHECK(after.front().from == Beijing(2, 8, 0));
  CHECK(after.front().to == Beijing(2, 9, 0));

  CHECK(BillDay(DueBy(Beijing(2, 9, 59), Channel::kAlipay, true, schedule).at(24)) ==
        absl::CivilDay(2026, 2, 28));
  const Reconciliation bill = DueBy(Beijing(2, 10, 0), Channel::kAlipay, true, schedule).at(24);
  CHECK(BillDay(bill) == absl::CivilDay(2026, 3, 1));
  CHECK(bill.from == Beijing(1, 0, 0));
  CHECK(bill.to == Beijing(2, 0, 0));
  CHECK(bill.due_time == Beijing(2, 10, 0));
}

TEST_CASE("What was missed is made up for, so far and no further",
          "[payment][reconciliation][X-06]") {
  const ReconciliationSchedule schedule;
  for (int minute = 0; minute < 24 * 60; minute += 7) {
    const absl::Time now = Beijing(5, 0, 0) + absl::Minutes(minute);
    CHECK(Count(now, ReconciliationKind::kInquiry, schedule) == 24);
    CHECK(Count(now, ReconciliationKind::kBill, schedule) == 3);
  }
  CHECK(DueBy(Beijing(5, 0, 0), Channel::kSandbox, false, schedule).size() == 24);
}

}  // namespace
}  // namespace houbu::payment
