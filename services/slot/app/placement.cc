#include "services/slot/app/placement.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"
#include "libs/base/civil.h"

namespace houbu::slot {

using async::Task;

Trip TripOf(const Run& run, const ClassCode& class_code, LegRange legs) {
  const Stop& from = BoardingOf(run, legs);
  const Stop& to = AlightingOf(run, legs);
  Trip trip;
  trip.run = run.id;
  trip.kind = run.kind;
  trip.display_name = run.display_name;
  trip.time_zone = run.time_zone;
  trip.service_date = run.service_date;
  trip.class_code = class_code;
  trip.legs = legs;
  trip.from_station = from.station;
  trip.from_name = from.name;
  trip.to_station = to.station;
  trip.to_name = to.name;
  trip.departs_at = from.departs_at;
  trip.arrives_at = to.arrives_at;
  return trip;
}

Claim ClaimFor(const Booking& booking, const Run& run, const Allocation& allocation) {
  Claim claim;
  claim.booking = booking.id;
  claim.holder = booking.holder;
  claim.run = booking.trip.run;
  claim.epoch = allocation.epoch;
  claim.class_code = booking.trip.class_code;
  claim.units_of = OwnerOf(run, claim.class_code);
  claim.legs = booking.trip.legs;
  claim.units = allocation.units;
  for (const Place& place : booking.places) claim.travellers.push_back(place.traveller.key);
  claim.departs_at = booking.trip.departs_at;
  claim.arrives_at = booking.trip.arrives_at;
  return claim;
}

namespace {

/// What becomes of places that were taken: the claim, what happens elsewhere, the answer.
Change ChangeFor(const PlacementOrder& order, Booking booking, const Allocation& allocation) {
  Change change;
  change.now = booking.created_at;
  change.origin = order.origin;
  change.claim = ClaimFor(booking, order.run, allocation);
  if (booking.state == BookingState::kHeld) {
    change.effects.emplace_back(PaymentFor(booking));
  } else {
    change.effects.emplace_back(MessageFor(booking, StandingNoticeOf(booking), change.now));
  }
  if (!order.rebooked_from.empty()) {
    change.link = RebookingLink{order.rebooked_from, booking.id.value(), ""};
  }
  change.booking = std::move(booking);
  return change;
}

}  // namespace

Task<std::string> StoredAnswerOr(Record& record, RequestKey key, absl::Status failure) {
  auto stored = co_await record.FindAnswer(std::move(key));
  // Whether it was answered is not known: a refusal might be the wrong answer.
  if (!stored.ok()) co_return absl::IsUnavailable(failure) ? failure : stored.status();
  if (stored->has_value()) co_return **std::move(stored);
  co_return failure;
}

Task<std::string> Placement::Book(PlacementOrder order, Mutation<Booking> mutation) {
  const async::RetryPolicy policy;
  auto asked = std::make_shared<Asked>();
  asked->order = std::move(order);
  asked->mutation = std::move(mutation);
  for (int tries = 1;; ++tries) {
    absl::StatusOr<std::string> answer = co_await Attempt(asked);
    // Only lost races are tried again: an outage is the caller's to wait out.
    if (!absl::IsAborted(answer.status())) co_return answer;
    // The race may have been with this very request, sent twice.
    ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                        co_await tools_.record.FindAnswer(asked->mutation.key));
    if (stored.has_value()) co_return *std::move(stored);
    if (tries >= policy.attempts_max) co_return Refuse(kIndexBusy);
    const absl::Duration pause = async::Backoff(policy, tries);
    CO_RETURN_IF_ERROR(co_await async::Sleep(pause));
    if (ReasonOf(answer.status()) == kStaleIndex.reason) {
      // Asked for in the epoch of now, the index will see that it is of an earlier one.
      ASSIGN_OR_CO_RETURN(const Run run, co_await tools_.runs.Load(asked->order.run.id));
      asked->order.run.epoch = run.epoch;
    }
  }
}

Task<std::string> Placement::Attempt(std::shared_ptr<const Asked> asked) {
  const PlacementOrder& order = asked->order;
  ASSIGN_OR_CO_RETURN(const std::optional<Money> fare,
                      co_await tools_.runs.Fare(order.run.id, order.class_code, order.legs));
  if (!fare.has_value()) co_return Refuse(kNotSold);
  DemandKind kind;
  kind.class_code = order.class_code;
  kind.legs = order.legs;
  kind.party = static_cast<int>(order.travellers.size());
  RunEpoch epoch;
  epoch.run = order.run.id.value();
  epoch.epoch = order.run.epoch;
  ASSIGN_OR_CO_RETURN(Taken taken, co_await Take(epoch, kind, order.travellers, order.positions));
  epoch.epoch = taken.allocation.epoch;
  const std::string token = taken.places.holder;

  absl::StatusOr<Booking> booking = co_await Compose(asked, *fare, std::move(taken.places));
  if (!booking.ok()) {
    const absl::Status ignored = co_await GiveBack(epoch, token, booking.status());
    co_return booking.status();
  }
  std::string bytes = asked->mutation.render(*booking);
  Change change = ChangeFor(order, *std::move(booking), taken.allocation);
  change.answer = StoredAnswer{asked->mutation.key, bytes};
  const auto committed = co_await tools_.record.Commit(std::move(change));
  if (!committed.ok()) {
    const absl::Status ignored = co_await GiveBack(epoch, token, committed.status());
    co_return committed.status();
  }
  // A token left unconfirmed is confirmed later, when it is looked for in the record.
  const absl::Status ignored = co_await Confirm(epoch.run, token);
  co_return bytes;
}

Task<void> Placement::Confirm(std::string run, std::string token) {
  if (tools_.confirmations != nullptr) {
    tools_.confirmations->Add(std::move(run), std::move(token));
    co_return absl::OkStatus();
  }
  std::vector<std::string> tokens(1, std::move(token));
  co_return co_await tools_.index.Confirm(std::move(run), std::move(tokens));
}

Task<Placement::Taken> Placement::Take(RunEpoch run, DemandKind kind,
                                       std::vector<Traveller> travellers, std::string positions) {
  Taken taken;
  taken.places.holder = tools_.ids.Next(BookingTag::kPrefix);
  ASSIGN_OR_CO_RETURN(taken.allocation, co_await tools_.fresh_index.Allocate(
                                            run, kind, taken.places.holder, std::move(positions)));
  const RunId id(run.run);
  // Where the epoch asked for was old, the next booking asks for the right one at once.
  if (taken.allocation.epoch != run.epoch) tools_.runs.NoteEpoch(id, taken.allocation.epoch);
  auto places =
      co_await NamePlaces(id, kind.class_code, std::move(travellers), taken.allocation.units);
  if (!places.ok()) {
    run.epoch = taken.allocation.epoch;
    const absl::Status ignored = co_await GiveBack(run, taken.places.holder, places.status());
    co_return places.status();
  }
  taken.places.places = *std::move(places);
  co_return taken;
}

Task<std::vector<Place>> Placement::NamePlaces(RunId run, ClassCode class_code,
                                               std::vector<Traveller> travellers,
                                               std::vector<int> units) {
  std::vector<Place> places(travellers.size());
  for (std::size_t i = 0; i < travellers.size(); ++i) {
    places[i].traveller = std::move(travellers[i]);
  }
  if (units.empty()) co_return places;
  ASSIGN_OR_CO_RETURN(const std::vector<Unit> named,
                      co_await tools_.runs.Units(std::move(run), std::move(class_code), units));
  if (named.size() != units.size() || units.size() != places.size()) {
    co_return absl::InternalError("the index proposed units the record does not know");
  }
  for (std::size_t i = 0; i < places.size(); ++i) {
    places[i].unit = units[i];
    places[i].coach = named[i].coach;
    places[i].number = named[i].number;
  }
  co_return places;
}

Task<Booking> Placement::Compose(std::shared_ptr<const Asked> asked, Money fare, NewPlaces taken) {
  const PlacementOrder& order = asked->order;
  const absl::Time now = tools_.clock.Now();
  const int party = static_cast<int>(order.travellers.size());
  ASSIGN_OR_CO_RETURN(const std::int64_t serial, co_await tools_.record.NextSerial());
  BookingTerms terms;
  terms.id = BookingId(taken.holder);
  terms.number = BookingNumber(DayAt(now, ZoneOf(order.run)), serial);
  terms.account = order.origin.account;
  terms.trip = TripOf(order.run, order.class_code, order.legs);
  terms.fare = fare;
  ASSIGN_OR_CO_RETURN(terms.total, Multiply(fare, party));
  terms.payment = absl::StrCat("payments/", tools_.ids.Next("pm"));
  terms.places = std::move(taken.places);
  terms.rebooked_from = order.rebooked_from.value();
  terms.destination_country = order.destination_country;
  Booking booking = HoldPlaces(std::move(terms), now, tools_.policy.hold);
  co_return booking;
}

Task<void> Placement::GiveBack(RunEpoch run, std::string token, absl::Status reason) {
  if (ReasonOf(reason) == kPlaceTaken.reason) {
    // The index and the record disagree: a rebuild settles it, and drops the token with it.
    const auto refreshed = co_await tools_.fresh_index.Refresh(std::move(run), 0);
    co_return refreshed.status();
  }
  if (ReasonOf(reason) == kStaleIndex.reason) tools_.runs.Forget(RunId(run.run));
  // The commit may have happened: who looks for tokens without a booking will know.
  if (absl::IsUnavailable(reason)) co_return absl::OkStatus();
  const auto released = co_await tools_.fresh_index.Release(std::move(run), std::move(token));
  TellReleased(tools_);
  co_return released.status();
}

}  // namespace houbu::slot
