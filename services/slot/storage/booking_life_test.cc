// The life of a booking, on real PostgreSQL.
#include "services/slot/storage/test_scene.h"

namespace houbu::slot {
namespace {

std::vector<std::string> CausesOf(const Booking& booking) {
  std::vector<std::string> causes;
  for (const HistoryEntry& entry : booking.history) causes.push_back(entry.cause);
  return causes;
}

}  // namespace

TEST_CASE("a booking is held, awaits its payment, is booked, and is used",
          "[slot][booking][R-02]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking held = scene->Book(Wish()).value();
  CHECK(held.state == BookingState::kHeld);
  CHECK(held.number.substr(0, 10) == "YJ20261120");
  CHECK(held.total == Fen(20000));
  CHECK(held.places.front().coach == "01");
  CHECK(*held.expires_at == scene->clock.Now() + absl::Minutes(10));
  REQUIRE(scene->Run(scene->confirmation.Opened(held.id)).ok());
  CHECK(scene->Load(held.id)->state == BookingState::kPendingPayment);
  CHECK(scene->Pay(held)->state == BookingState::kBooked);
  scene->clock.Set(held.trip.arrives_at);
  REQUIRE(scene->Run(scene->due.Sweep(10)).ok());
  const Booking used = scene->Load(held.id).value();
  CHECK(used.state == BookingState::kUsed);
  CHECK(CausesOf(used) ==
        std::vector<std::string>{"CREATED", "PAYMENT_OPENED", "PAID", "TRAVELLED"});
  CHECK(scene->Calls() == std::vector<std::string>{
                              absl::StrCat("CreatePayment bookings/", held.id.value()),
                              absl::StrCat("SendMessage bookings/", held.id.value(), "/messages")});
}

TEST_CASE("bookings are listed newest first, by state, day, reason and page",
          "[slot][booking][R-02][R-23]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish wish;
  const Booking first = scene->Book(wish).value();
  wish.run = "w2";
  wish.class_code = "exit-card";
  wish.from = wish.to = "pek";
  const Booking second = scene->Book(wish).value();
  REQUIRE(scene->Cancel(first).ok());

  const auto list = [&](BookingFilter filter) {
    filter.account = "accounts/ac-1";
    std::vector<std::string> ids;
    const std::vector<Booking> listed = scene->Run(scene->lookup.List(filter)).value();
    for (const Booking& booking : listed) ids.push_back(booking.id.value());
    return ids;
  };
  const std::string one = first.id.value();
  const std::string two = second.id.value();
  BookingFilter filter;
  CHECK(list(filter) == std::vector<std::string>{two, one});
  filter.limit = 1;
  CHECK(list(filter) == std::vector<std::string>{two});
  filter.before = two;
  CHECK(list(filter) == std::vector<std::string>{one});
  filter = BookingFilter();
  filter.state = BookingState::kCancelled;
  CHECK(list(filter) == std::vector<std::string>{one});
  filter = BookingFilter();
  filter.from_day = absl::CivilDay(2026, 12, 2);
  CHECK(list(filter) == std::vector<std::string>{two});
  filter = BookingFilter();
  filter.cancel_reason = "有变";
  CHECK(list(filter) == std::vector<std::string>{one});
  filter.cancel_reason = "天气";
  CHECK(list(filter).empty());
}

TEST_CASE("a cancellation takes effect at once, refunds by the policy and tells its owner",
          "[slot][booking][R-03][R-23]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking booked = scene->BookPaid(Wish()).value();
  const Booking cancelled = scene->Cancel(booked).value();
  CHECK(cancelled.state == BookingState::kCancelled);
  CHECK(cancelled.cancel_reason == "行程有变");
  CHECK(scene->CountCalls("RefundPayment") == 1);
  CHECK(scene->CountCalls("SendMessage") == 2);
  CHECK(scene->CountCalls("OnBookingCancelled") == 1);
  CHECK(ReasonOfOutcome(scene->Cancel(booked)) == "BOOKING_OVER");
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("what is not paid is closed, not refunded, when it is cancelled",
          "[slot][booking][R-03]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking held = scene->Book(Wish()).value();
  REQUIRE(scene->Cancel(held).ok());
  CHECK(scene->CountCalls("CancelPayment") == 1);
  CHECK(scene->CountCalls("RefundPayment") == 0);
  CHECK(scene->CountCalls("OnBookingCancelled") == 0);
}

TEST_CASE("a train that has left is neither booked nor cancelled", "[slot][booking][R-03]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking booked = scene->BookPaid(Wish()).value();
  scene->clock.Set(booked.trip.departs_at);
  CHECK(ReasonOfOutcome(scene->Cancel(booked)) == "RUN_DEPARTED");
  Wish late;
  late.travellers = "t2";
  CHECK(ReasonOfOutcome(scene->Book(late)) == "RUN_DEPARTED");
}

TEST_CASE("somebody else's booking is not there", "[slot][booking][R-02]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Booking booked = scene->BookPaid(Wish()).value();
  CHECK(ReasonOfOutcome(scene->Run(scene->lookup.Get("accounts/ac-2", booked.id))) ==
        "BOOKING_NOT_FOUND");
  booked.account = "accounts/ac-2";
  CHECK(ReasonOfOutcome(scene->Cancel(booked)) == "BOOKING_NOT_FOUND");
}

TEST_CASE("a request that comes again is answered as before, with other content refused",
          "[slot][booking][X-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish wish;
  wish.request = "rq-again";
  const Booking first = scene->Book(wish).value();
  CHECK(scene->Book(wish)->id == first.id);
  CHECK(ReasonOfOutcome(scene->Book(wish, "other")) == "REQUEST_ID_REUSED");
  CHECK(scene->Pay(first, "rq-paid")->state == BookingState::kBooked);
  CHECK(scene->Pay(first, "rq-paid")->state == BookingState::kBooked);
  CHECK(scene->Pay(first, "rq-paid-otherwise")->state == BookingState::kBooked);
  CHECK(scene->CountCalls("SendMessage") == 1);
  REQUIRE(scene->Cancel(first, "rq-cancel").ok());
  REQUIRE(scene->Cancel(first, "rq-cancel").ok());
  CHECK(scene->CountCalls("RefundPayment") == 1);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a hold nobody paid expires, and late money books again where there is room",
          "[slot][booking][R-02][X-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking held = scene->Book(Wish()).value();
  scene->clock.Advance(absl::Minutes(10) - absl::Microseconds(1));
  REQUIRE(scene->Run(scene->due.Sweep(10)).ok());
  CHECK(scene->Load(held.id)->state == BookingState::kHeld);
  scene->clock.Advance(absl::Microseconds(1));
  REQUIRE(scene->Run(scene->due.Sweep(10)).ok());
  CHECK(scene->Load(held.id)->state == BookingState::kExpired);
  CHECK(scene->CountCalls("CancelPayment") == 1);
  CHECK(scene->Wrongs().empty());

  const Booking again = scene->Pay(held).value();
  CHECK(again.state == BookingState::kBooked);
  CHECK(again.history.back().cause == "PAID_LATE");
  CHECK(scene->CountCalls("RefundPayment") == 0);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("late money goes back whole when the places are gone", "[slot][booking][X-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking held = scene->Book(Wish()).value();
  scene->clock.Advance(absl::Minutes(10));
  REQUIRE(scene->Run(scene->due.Sweep(10)).ok());
  Wish others;
  others.travellers = "t2,t3,t4,t5";
  REQUIRE(scene->BookPaid(others).ok());
  CHECK(scene->Pay(held)->state == BookingState::kExpired);
  CHECK(scene->CountCalls("RefundPayment") == 1);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("nobody is in two places at once, nor twice on one train", "[slot][booking][W-15]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  REQUIRE(scene->Book(Wish()).ok());
  Wish same;
  same.from = "b";
  CHECK(ReasonOfOutcome(scene->Book(same)) == "ONE_TICKET_PER_RUN");
  Wish overlapping;
  overlapping.run = "g3";
  overlapping.account = "accounts/ac-2";
  CHECK(ReasonOfOutcome(scene->Book(overlapping)) == "ITINERARY_CONFLICT");
  overlapping.from = "b";  // leaves at 10:35; g1 arrives at 10:00
  CHECK(scene->Book(overlapping).ok());
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a seat is sold leg by leg, and never twice over one leg", "[slot][booking][X-01]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Wish whole;
  whole.travellers = "t1,t2,t3";
  REQUIRE(scene->Book(whole).ok());
  Wish second_half;
  second_half.from = "b";
  second_half.travellers = "t4";
  const Booking later = scene->Book(second_half).value();
  Wish through;
  through.travellers = "t5";
  CHECK(ReasonOfOutcome(scene->Book(through)) == "SOLD_OUT");
  through.to = "b";
  const Booking earlier = scene->Book(through).value();
  CHECK(earlier.places.front().unit == later.places.front().unit);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("an index that was lost is rebuilt unseen", "[slot][index][X-01][X-18]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  const Booking booked = scene->BookPaid(Wish()).value();
  scene->index.Lose();
  Wish others;
  others.travellers = "t2,t3,t4";
  REQUIRE(scene->Book(others).ok());
  scene->index.Lose();
  REQUIRE(scene->Cancel(booked).ok());
  CHECK(scene->Wrongs().empty());
}

}  // namespace houbu::slot
