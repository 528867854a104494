#include "services/slot/app/payment_confirmation.h"

#include <utility>
#include <vector>

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"

namespace houbu::slot {

using async::Task;

Task<std::string> PaymentConfirmation::Arrived(PaymentArrival arrival, StoredAnswer answer) {
  async::RetryPolicy policy;
  std::function<Task<std::string>()> attempt = [this, arrival = std::move(arrival),
                                                answer = std::move(answer)] {
    return Attempt(arrival, answer);
  };
  co_return co_await async::Retry<std::string>(policy, std::move(attempt));
}

Task<std::string> PaymentConfirmation::Attempt(PaymentArrival arrival, StoredAnswer answer) {
  const RequestKey key = answer.key;
  auto heard = co_await Hear(std::move(arrival), std::move(answer));
  if (heard.ok()) co_return heard;
  co_return co_await StoredAnswerOr(tools_.record, key, heard.status());
}

Task<std::string> PaymentConfirmation::Hear(PaymentArrival arrival, StoredAnswer answer) {
  ASSIGN_OR_CO_RETURN(Booking booking, co_await tools_.bookings.Load(arrival.booking));
  if (booking.payment != arrival.payment) co_return Refuse(kBookingNotFound);

  const absl::Time now = tools_.clock.Now();
  Change change;
  change.now = now;
  change.origin = arrival.origin;
  switch (booking.state) {
    case BookingState::kHeld:
    case BookingState::kPendingPayment: {
      ASSIGN_OR_CO_RETURN(Booking booked, Confirm(std::move(booking), now));
      change.effects.emplace_back(MessageFor(booked, StandingNoticeOf(booked), now));
      change.booking = std::move(booked);
      co_return co_await Commit(std::move(change), std::move(answer));
    }
    case BookingState::kBooked:
    case BookingState::kUsed:
      co_return co_await Commit(std::move(change), std::move(answer));
    case BookingState::kExpired:
      co_return co_await ArrivedLate(std::move(booking), std::move(arrival), std::move(answer));
    case BookingState::kCancelled:
      co_return co_await Return(std::move(booking), std::move(arrival), std::move(answer));
  }
  co_return absl::InternalError("a booking in no state");
}

Task<std::string> PaymentConfirmation::ArrivedLate(Booking booking, PaymentArrival arrival,
                                                   StoredAnswer answer) {
  const absl::Time now = tools_.clock.Now();
  if (now >= booking.trip.departs_at) {
    co_return co_await Return(std::move(booking), std::move(arrival), std::move(answer));
  }
  ASSIGN_OR_CO_RETURN(const Run run, co_await tools_.runs.Load(booking.trip.run));
  DemandKind kind;
  kind.class_code = booking.trip.class_code;
  kind.legs = booking.trip.legs;
  kind.party = static_cast<int>(booking.places.size());
  std::vector<Traveller> travellers;
  travellers.reserve(booking.places.size());
  for (const Place& place : booking.places) travellers.push_back(place.traveller);

  RunEpoch epoch;
  epoch.run = run.id.value();
  epoch.epoch = run.epoch;
  auto taken = co_await placement_.Take(epoch, kind, std::move(travellers));
  if (absl::IsUnavailable(taken.status()) || absl::IsAborted(taken.status())) {
    co_return taken.status();
  }
  if (!taken.ok()) {
    co_return co_await Return(std::move(booking), std::move(arrival), std::move(answer));
  }
  epoch.epoch = taken->allocation.epoch;
  const std::string token = taken->places.holder;

  Change change;
  change.now = now;
  change.origin = arrival.origin;
  ASSIGN_OR_CO_RETURN(Booking again, BookAgain(booking, std::move(taken->places), now));
  change.claim = ClaimFor(again, run, taken->allocation);
  change.effects.emplace_back(MessageFor(again, StandingNoticeOf(again), now));
  if (!again.rebooked_from.empty()) {
    change.link = RebookingLink{BookingId(again.rebooked_from), again.id.value(), ""};
  }
  change.booking = std::move(again);
  auto committed = co_await Commit(std::move(change), answer);
  if (committed.ok()) co_return committed;
  const absl::Status ignored = co_await placement_.GiveBack(epoch, token, committed.status());
  if (absl::IsFailedPrecondition(committed.status())) {
    // They have another journey at that time by now, or another booking followed.
    co_return co_await Return(std::move(booking), std::move(arrival), std::move(answer));
  }
  co_return committed;
}

Task<std::string> PaymentConfirmation::Return(Booking booking, PaymentArrival arrival,
                                              StoredAnswer answer) {
  RefundWanted refund;
  refund.booking = booking.id;
  refund.payment = arrival.payment;
  refund.cause = RefundCause::kLate;
  Change change;
  change.now = tools_.clock.Now();
  change.origin = std::move(arrival.origin);
  change.effects.emplace_back(std::move(refund));
  // Touches the booking, so that two arrivals cannot both pass.
  ++booking.version;
  change.booking = std::move(booking);
  co_return co_await Commit(std::move(change), std::move(answer));
}

Task<std::string> PaymentConfirmation::Commit(Change change, StoredAnswer answer) {
  std::string bytes = answer.bytes;
  change.answer = std::move(answer);
  const auto committed = co_await tools_.record.Commit(std::move(change));
  if (!committed.ok()) co_return committed.status();
  co_return bytes;
}

Task<void> PaymentConfirmation::Opened(BookingId booking) {
  async::RetryPolicy policy;
  std::function<Task<void>()> attempt = [this, booking = std::move(booking)] {
    return OpenedOnce(booking);
  };
  co_return co_await async::Retry<void>(policy, std::move(attempt));
}

Task<void> PaymentConfirmation::OpenedOnce(BookingId booking) {
  ASSIGN_OR_CO_RETURN(Booking held, co_await tools_.bookings.Load(std::move(booking)));
  const absl::Time now = tools_.clock.Now();
  absl::StatusOr<Booking> pending = OpenPayment(std::move(held), now);
  // Paid, cancelled or expired meanwhile: it is past that.
  if (!pending.ok()) co_return absl::OkStatus();
  Change change;
  change.now = now;
  change.booking = *std::move(pending);
  const auto committed = co_await tools_.record.Commit(std::move(change));
  co_return committed.status();
}

}  // namespace houbu::slot
