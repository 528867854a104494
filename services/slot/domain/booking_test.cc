#include "services/slot/domain/booking.h"

#include <algorithm>

#include <catch2/catch.hpp>

namespace houbu::slot {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'795'000'000);

BookingTerms Terms(std::int64_t fen) {
  BookingTerms terms;
  terms.id = BookingId("bk-1");
  terms.trip.departs_at = kNow + absl::Hours(48);
  terms.trip.arrives_at = kNow + absl::Hours(50);
  terms.fare = Fen(fen);
  terms.total = Fen(fen);
  terms.payment = "payments/pm-1";
  terms.places.resize(1);
  return terms;
}

Booking In(BookingState state) {
  Booking booking = HoldPlaces(Terms(100), kNow, absl::Minutes(10));
  booking.state = state;
  return booking;
}

}  // namespace

TEST_CASE("each change is allowed from its states only", "[slot][booking][R-02][R-03]") {
  using State = BookingState;
  const State all[] = {State::kHeld, State::kPendingPayment, State::kBooked,
                       State::kUsed, State::kCancelled,      State::kExpired};
  struct Row {
    const char* name;
    std::vector<State> from;
    State to;
    absl::StatusOr<Booking> (*change)(Booking);
  };
  const Row rows[] = {
      {"open payment",
       {State::kHeld},
       State::kPendingPayment,
       [](Booking booking) { return OpenPayment(std::move(booking), kNow); }},
      {"confirm",
       {State::kHeld, State::kPendingPayment},
       State::kBooked,
       [](Booking booking) { return Confirm(std::move(booking), kNow); }},
      {"book again",
       {State::kExpired},
       State::kBooked,
       [](Booking booking) { return BookAgain(std::move(booking), NewPlaces(), kNow); }},
      {"cancel",
       {State::kHeld, State::kPendingPayment, State::kBooked},
       State::kCancelled,
       [](Booking booking) { return Cancel(std::move(booking), "why", kNow); }},
      {"expire",
       {State::kHeld, State::kPendingPayment},
       State::kExpired,
       [](Booking booking) { return Expire(std::move(booking), kNow + absl::Minutes(10)); }},
      {"use",
       {State::kBooked},
       State::kUsed,
       [](Booking booking) { return MarkUsed(std::move(booking), kNow + absl::Hours(50)); }},
  };
  for (const Row& row : rows) {
    for (const State state : all) {
      INFO(row.name << " from " << std::string(NameOf(state)));
      const absl::StatusOr<Booking> changed = row.change(In(state));
      if (std::count(row.from.begin(), row.from.end(), state) == 0) {
        CHECK(ReasonOf(changed.status()) == "BOOKING_OVER");
        continue;
      }
      REQUIRE(changed.ok());
      CHECK(changed->state == row.to);
      CHECK(changed->version == 2);
      CHECK(changed->history.back().state == row.to);
    }
  }
}

TEST_CASE("what costs nothing is booked at once, without a payment", "[slot][booking][R-24]") {
  const Booking free = HoldPlaces(Terms(0), kNow, absl::Minutes(10));
  CHECK(free.state == BookingState::kBooked);
  CHECK(free.payment.empty());
  CHECK_FALSE(free.expires_at.has_value());
}

TEST_CASE("a hold ends after its time, at the latest at departure", "[slot][booking][R-02]") {
  CHECK(HoldPlaces(Terms(1), kNow, absl::Minutes(10)).expires_at == kNow + absl::Minutes(10));
  CHECK(HoldPlaces(Terms(1), kNow, absl::Hours(99)).expires_at == kNow + absl::Hours(48));
  const Booking held = HoldPlaces(Terms(1), kNow, absl::Minutes(10));
  CHECK_FALSE(Expire(held, kNow + absl::Minutes(10) - absl::Microseconds(1)).ok());
  CHECK(Expire(held, kNow + absl::Minutes(10)).ok());
}

TEST_CASE("nothing is cancelled from departure on", "[slot][booking][R-03]") {
  const Booking booked = In(BookingState::kBooked);
  CHECK(Cancel(booked, "x", booked.trip.departs_at - absl::Microseconds(1)).ok());
  CHECK(ReasonOf(Cancel(booked, "x", booked.trip.departs_at).status()) == "RUN_DEPARTED");
}

TEST_CASE("a number is YJ, the day and a serial", "[slot][booking][R-13]") {
  CHECK(BookingNumber(absl::CivilDay(2026, 12, 1), 42) == "YJ20261201000042");
  CHECK(BookingNumber(absl::CivilDay(2026, 12, 1), 1'234'567) == "YJ202612011234567");
}

TEST_CASE("every state's name reads back", "[slot][booking][R-02]") {
  for (const char* name : {"HELD", "PENDING_PAYMENT", "BOOKED", "USED", "CANCELLED", "EXPIRED"}) {
    CHECK(NameOf(ParseBookingState(name).value()) == name);
  }
  CHECK_FALSE(ParseBookingState("LOST").has_value());
}

}  // namespace houbu::slot
