#include "services/payment/domain/reconciliation.h"

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"
#include "services/payment/domain/fee_policy.h"

namespace houbu::payment {
namespace {

Reconciliation Of(Channel channel, ReconciliationKind kind, absl::Time from, absl::Time to,
                  absl::Duration delay) {
  Reconciliation reconciliation;
  reconciliation.channel = channel;
  reconciliation.kind = kind;
  reconciliation.from = from;
  reconciliation.to = to;
  reconciliation.first_due_time = to + delay;
  reconciliation.due_time = reconciliation.first_due_time;
  return reconciliation;
}

}  // namespace

absl::string_view NameOf(ReconciliationKind kind) {
  switch (kind) {
    case ReconciliationKind::kInquiry:
      return "INQUIRY";
    case ReconciliationKind::kBill:
      return "BILL";
  }
  return "";
}

std::string NameOf(const ReconciliationId& id) {
  return absl::StrCat("reconciliations/", id.value());
}

Reconciliation OfBill(Channel channel, absl::CivilDay day, const ReconciliationSchedule& schedule) {
  const absl::TimeZone zone = RailwayZone();
  return Of(channel, ReconciliationKind::kBill, StartOfDay(day, zone), StartOfDay(day + 1, zone),
            schedule.bill_delay);
}

Reconciliation OfInquiry(Channel channel, absl::Time from, absl::Time to,
                         const ReconciliationSchedule& schedule) {
  return Of(channel, ReconciliationKind::kInquiry, from, to, schedule.inquiry_delay);
}

std::vector<Reconciliation> DueBy(absl::Time now, Channel channel, bool has_bills,
                                  const ReconciliationSchedule& schedule) {
  std::vector<Reconciliation> due;
  const absl::CivilHour hour = absl::ToCivilHour(now - schedule.inquiry_delay, absl::UTCTimeZone());
  for (int back = 1; back <= schedule.inquiries_back; ++back) {
    const absl::Time from = absl::FromCivil(hour - back, absl::UTCTimeZone());
    due.push_back(OfInquiry(channel, from, from + absl::Hours(1), schedule));
  }
  const absl::CivilDay day = DayAt(now - schedule.bill_delay, RailwayZone());
  for (int back = 1; has_bills && back <= schedule.bills_back; ++back) {
    due.push_back(OfBill(channel, day - back, schedule));
  }
  return due;
}

absl::CivilDay BillDay(const Reconciliation& reconciliation) {
  return DayAt(reconciliation.from, RailwayZone());
}

}  // namespace houbu::payment
