/// Reconciliations (对账): comparing a provider's word with the ledger and our payments,
/// every hour by asking about what moved in it, every day by the provider's bill.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/base/id.h"
#include "services/payment/domain/payment.h"

namespace houbu::payment {

/// Names reconciliations: "rc-...".
struct ReconciliationTag {
  static constexpr char kPrefix[] = "rc";
};
/// The id of a reconciliation.
using ReconciliationId = Id<ReconciliationTag>;

/// What our books are compared with.
enum class ReconciliationKind {
  kInquiry,  ///< The provider's answers about each payment of an hour.
  kBill,     ///< The provider's bill of a day.
};

/// "INQUIRY", "BILL".
absl::string_view NameOf(ReconciliationKind kind);

/// One reconciliation: of a channel, a kind and a stretch of time there is one. It is tried until
/// it is done; what it finds and repairs has one effect however often it is tried.
struct Reconciliation {
  ReconciliationId id;
  Channel channel = Channel::kSandbox;
  ReconciliationKind kind = ReconciliationKind::kInquiry;
  absl::Time from;  ///< Of a bill the first instant of its day in Beijing.
  absl::Time to;    ///< Not included.
  absl::Time create_time;
  absl::Time first_due_time;
  std::optional<absl::Time> due_time;     ///< When it is tried next; nothing when it is done.
  std::optional<absl::Time> finish_time;  ///< When it was done last.
  std::string cursor;                     ///< The last payment an inquiry has dealt with.
  std::string failure;                    ///< Why the last try did not end: "BILL_MISSING".
  std::int64_t compared = 0;              ///< Lines of the bill, or payments asked about.
  std::int64_t repaired = 0;              ///< Differences that the provider's word settled.
  std::int64_t cases = 0;                 ///< Differences left to people, new and known ones.
};

/// "reconciliations/rc-...".
std::string NameOf(const ReconciliationId& id);

/// When what is compared by itself.
struct ReconciliationSchedule {
  /// How long after the end of its day a bill is asked for: providers have it by ten in the
  /// morning.
  absl::Duration bill_delay = absl::Hours(10);
  /// How long after its end an hour is looked at: callbacks and polls come first.
  absl::Duration inquiry_delay = absl::Minutes(15);
  int bills_back = 3;       ///< How many days are made up for after an outage of ours.
  int inquiries_back = 24;  ///< Likewise hours.
};

/// The bill of a day; without an id.
Reconciliation OfBill(Channel channel, absl::CivilDay day, const ReconciliationSchedule& schedule);

/// The payments of a stretch of time; without an id.
Reconciliation OfInquiry(Channel channel, absl::Time from, absl::Time to,
                         const ReconciliationSchedule& schedule);

/// Everything that is due by `now` of a channel, latest first; bills only where it has them.
std::vector<Reconciliation> DueBy(absl::Time now, Channel channel, bool has_bills,
                                  const ReconciliationSchedule& schedule);

/// The day a bill is of, in Beijing.
absl::CivilDay BillDay(const Reconciliation& reconciliation);

}  // namespace houbu::payment
