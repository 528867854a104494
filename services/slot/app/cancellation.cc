#include "services/slot/app/cancellation.h"

#include <utility>

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<std::string> Cancellation::Cancel(CancellationWish wish, Mutation<Booking> mutation) {
  async::RetryPolicy policy;
  std::function<Task<Cancelled>()> attempt = [this, wish = std::move(wish),
                                              mutation = std::move(mutation)] {
    return Attempt(wish, mutation);
  };
  ASSIGN_OR_CO_RETURN(Cancelled done, co_await async::Retry<Cancelled>(policy, std::move(attempt)));
  if (done.replayed) co_return std::move(done.answer);
  // It is cancelled, whatever the index says now: what fails here is made good by a rebuild.
  const absl::Status ignored =
      co_await tools_.fresh_index.Repay(done.booking.trip.run, done.committed, done.booking.holder);
  TellReleased(tools_);
  co_return std::move(done.answer);
}

Task<Cancellation::Cancelled> Cancellation::Attempt(CancellationWish wish,
                                                    Mutation<Booking> mutation) {
  const RequestKey key = mutation.key;
  auto done = co_await CancelNow(std::move(wish), std::move(mutation));
  if (done.ok()) co_return done;
  Cancelled before;
  before.replayed = true;
  ASSIGN_OR_CO_RETURN(before.answer, co_await StoredAnswerOr(tools_.record, key, done.status()));
  co_return before;
}

Task<Cancellation::Cancelled> Cancellation::CancelNow(CancellationWish wish,
                                                      Mutation<Booking> mutation) {
  Cancelled done;
  ASSIGN_OR_CO_RETURN(Booking before, co_await tools_.bookings.Load(wish.booking));
  if (before.account != wish.origin.account) co_return Refuse(kBookingNotFound);
  const absl::Time now = tools_.clock.Now();
  const bool stood = before.state == BookingState::kBooked;
  ASSIGN_OR_CO_RETURN(done.booking, slot::Cancel(std::move(before), wish.reason, now));

  Change change;
  change.now = now;
  change.origin = wish.origin;
  if (!done.booking.payment.empty() && stood) {
    change.effects.emplace_back(RefundFor(done.booking, now));
  } else if (!done.booking.payment.empty()) {
    change.effects.emplace_back(PaymentUnwanted{done.booking.id, done.booking.payment});
  }
  change.effects.emplace_back(MessageFor(done.booking, Notice::kCancelled, now));
  if (stood) {
    OwnerCancelled told;
    told.booking = done.booking.id;
    told.account = done.booking.account;
    told.at = now;
    change.effects.emplace_back(std::move(told));
  }
  change.frees = done.booking.id;
  change.owes_index = done.booking.trip.run;
  done.answer = mutation.render(done.booking);
  change.answer = StoredAnswer{mutation.key, done.answer};
  change.booking = done.booking;
  ASSIGN_OR_CO_RETURN(done.committed, co_await tools_.record.Commit(std::move(change)));
  co_return done;
}

}  // namespace houbu::slot
