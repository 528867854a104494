#include "services/slot/app/due_bookings.h"

#include <utility>
#include <vector>

#include "libs/async/join.h"
#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<int> DueBookings::Sweep(int limit) {
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(const std::vector<BookingId> due, co_await tools_.bookings.Due(now, limit));
  // Side by side, so that they share commits.
  std::vector<Task<void>> ends;
  ends.reserve(due.size());
  for (const BookingId& id : due) ends.push_back(Handle(id));
  ASSIGN_OR_CO_RETURN(const std::vector<absl::Status> ended,
                      co_await async::Join<void>(std::move(ends)));
  absl::Status failure;
  for (const absl::Status& handled : ended) {
    if (absl::IsUnavailable(handled)) co_return handled;
    // One that cannot be ended must not hold up the others.
    if (!absl::IsAborted(handled)) failure.Update(handled);
  }
  if (!failure.ok()) co_return failure;
  co_return static_cast<int>(due.size());
}

Task<void> DueBookings::Handle(BookingId id) {
  ASSIGN_OR_CO_RETURN(Booking booking, co_await tools_.bookings.Load(std::move(id)));
  const absl::Time now = tools_.clock.Now();
  if (booking.state == BookingState::kBooked) {
    co_return co_await EndJourney(std::move(booking), now);
  }
  co_return co_await EndHold(std::move(booking), now);
}

Task<void> DueBookings::EndHold(Booking booking, absl::Time now) {
  absl::StatusOr<Booking> expired = Expire(std::move(booking), now);
  // Paid or cancelled since it was found due: nothing to do.
  if (!expired.ok()) co_return absl::OkStatus();
  Change change;
  change.now = now;
  change.effects.emplace_back(PaymentUnwanted{expired->id, expired->payment});
  change.frees = expired->id;
  change.owes_index = expired->trip.run;
  if (!expired->rebooked_from.empty()) {
    change.link = RebookingLink{BookingId(expired->rebooked_from), "", expired->id.value()};
  }
  change.booking = *expired;
  ASSIGN_OR_CO_RETURN(const Committed committed, co_await tools_.record.Commit(std::move(change)));
  const absl::Status ignored =
      co_await tools_.fresh_index.Repay(expired->trip.run, committed, expired->holder);
  TellReleased(tools_);
  co_return absl::OkStatus();
}

Task<void> DueBookings::EndJourney(Booking booking, absl::Time now) {
  absl::StatusOr<Booking> used = MarkUsed(std::move(booking), now);
  if (!used.ok()) co_return absl::OkStatus();
  Change change;
  change.now = now;
  change.booking = *std::move(used);
  const auto committed = co_await tools_.record.Commit(std::move(change));
  co_return committed.status();
}

}  // namespace houbu::slot
