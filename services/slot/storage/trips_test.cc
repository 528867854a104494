// Trips to come by destination and day, as the record in memory and PostgreSQL list them (R-20).
#include "services/slot/app/trip_lookup.h"
#include "services/slot/storage/postgres_trips.h"
#include "services/slot/storage/record_subject.h"

namespace houbu::slot {
namespace {

constexpr absl::CivilDay kFirst(2026, 12, 1);

/// A booking of unit `unit` of the sample's train as if it were an appointment.
Change Appointment(const std::string& id, const std::string& country, absl::CivilDay day, int unit,
                   absl::Time now) {
  Change change = BookingChange(id, "key-of-" + id, {0, 2}, {unit}, now);
  change.booking->trip.kind = RunKind::kWindow;
  change.booking->trip.service_date = day;
  change.booking->destination_country = country;
  return change;
}

/// What is listed, by the ids of bookings.
std::vector<std::string> Listed(Subject& subject, TripStore& trips, TripFilter filter) {
  TripLookup lookup(subject.clock, trips);
  const TripPage page = subject.Run(lookup.List(std::move(filter))).value();
  std::vector<std::string> ids;
  for (const PlannedTrip& trip : page.trips) ids.push_back(trip.booking.value());
  return ids;
}

TripFilter To(const std::string& country) {
  TripFilter filter;
  filter.destination_country = country;
  return filter;
}

using Ids = std::vector<std::string>;

void Fill(Subject& subject) {
  const absl::Time now = subject.clock.Now();
  CHECK(CommitReason(subject, Appointment("bk-3", "US", kFirst, 0, now)) == "");
  CHECK(CommitReason(subject, Appointment("bk-2", "US", kFirst + 1, 1, now)) == "");
  CHECK(CommitReason(subject, Appointment("bk-1", "US", kFirst + 1, 2, now)) == "");
  Change undetermined = Appointment("bk-4", "", kFirst, 3, now);
  CHECK(CommitReason(subject, undetermined) == "");
  // A train, whoever said where it goes.
  Change train = BookingChange("bk-5", "key-of-bk-5", {0, 2}, {}, now);
  train.booking->destination_country = "US";
  CHECK(CommitReason(subject, train) == "");
}

void CheckDays(Subject& subject, TripStore& trips) {
  CHECK(Listed(subject, trips, To("US")) == Ids{"bk-3", "bk-1", "bk-2"});
  CHECK(Listed(subject, trips, To("")) == Ids{"bk-4"});
  CHECK(Listed(subject, trips, To("JP")).empty());
  TripFilter days = To("US");
  days.from_day = kFirst + 1;
  CHECK(Listed(subject, trips, days) == Ids{"bk-1", "bk-2"});
  days.from_day.reset();
  days.to_day = kFirst;
  CHECK(Listed(subject, trips, days) == Ids{"bk-3"});

  const TripFilter filter = To("US");
  const auto listed = subject.Run(trips.ListTrips(filter)).value();
  REQUIRE(listed.size() == 3);
  PlannedTrip expected;
  expected.booking = BookingId("bk-3");
  expected.account = "accounts/ac-1";
  expected.travellers = {"key-of-bk-3"};
  expected.destination_country = "US";
  expected.day = kFirst;
  CHECK(listed[0] == expected);
}

void CheckPages(Subject& subject, TripStore& trips) {
  TripLookup lookup(subject.clock, trips);
  TripFilter filter = To("US");
  filter.limit = 2;
  const TripPage first = subject.Run(lookup.List(filter)).value();
  CHECK(first.trips.size() == 2);
  REQUIRE(first.next == TripPosition{kFirst + 1, "bk-1"});
  filter.after = first.next;
  const TripPage last = subject.Run(lookup.List(filter)).value();
  REQUIRE(last.trips.size() == 1);
  CHECK(last.trips[0].booking == BookingId("bk-2"));
  CHECK_FALSE(last.next.has_value());
  filter.after.reset();
  filter.limit = 3;
  const TripPage whole = subject.Run(lookup.List(filter)).value();
  CHECK_FALSE(whole.next.has_value());
}

void CheckStates(Subject& subject, TripStore& trips) {
  const absl::Time now = subject.clock.Now();
  const auto commit = [&](absl::StatusOr<Booking> booking, bool frees) {
    Change change;
    change.now = now;
    change.booking = std::move(booking).value();
    if (frees) change.frees = change.booking->id;
    CHECK(CommitReason(subject, change) == "");
    return *change.booking;
  };
  const Booking held = subject.Run(subject.bookings.Load(BookingId("bk-3"))).value();
  Booking booking = commit(OpenPayment(held, now), false);
  booking = commit(Confirm(subject.Run(subject.bookings.Load(held.id)).value(), now), false);
  const TripFilter filter = To("US");
  CHECK(subject.Run(trips.ListTrips(filter)).value()[0].state == BookingState::kBooked);
  commit(Cancel(subject.Run(subject.bookings.Load(held.id)).value(), "行程有变", now), true);
  CHECK(Listed(subject, trips, To("US")) == Ids{"bk-1", "bk-2"});
  // Who has begun the journey is hit by nothing any more.
  subject.clock.Set(booking.trip.departs_at - absl::Microseconds(1));
  CHECK(Listed(subject, trips, To("US")) == Ids{"bk-1", "bk-2"});
  subject.clock.Set(booking.trip.departs_at);
  CHECK(Listed(subject, trips, To("US")).empty());
}

void CheckTrips(Subject subject, TripStore& trips) {
  Fill(subject);
  CheckDays(subject, trips);
  CheckPages(subject, trips);
  CheckStates(subject, trips);
}

}  // namespace

TEST_CASE("memory lists the trips to come of a destination", "[slot][trips][R-20]") {
  boost::asio::io_context loop(1);
  testing::ManualClock clock;
  MemoryRecord memory(clock);
  memory.Open(TrainG1());
  CheckTrips(Subject{loop, clock, memory, memory, memory, memory, memory}, memory);
}

TEST_CASE("PostgreSQL lists the trips to come of a destination", "[slot][trips][R-20]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  PostgresTrips trips(scene->pool);
  CheckTrips(scene->subject(), trips);
}

TEST_CASE("trips to come are found by their index among many bookings", "[slot][trips][R-20]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  scene->Execute(R"sql(
    INSERT INTO bookings (id, version, number, account, state, run_id, kind, display_name,
                          time_zone, service_date, class_code, from_stop, to_stop, from_station,
                          from_name, to_station, to_name, departs_at, arrives_at, fare_minor,
                          total_minor, currency, created_at, holder, destination_country)
    SELECT 'bk-' || n, 1, 'YJ' || n, 'accounts/ac-1', (ARRAY['BOOKED', 'USED'])[1 + n % 2], 'w1',
           (ARRAY['WINDOW', 'TRAIN'])[1 + n % 3 % 2], '', 'Asia/Shanghai',
           date '2026-12-01' + n % 60, 'exit-card', 0, 1, 'pek', '', 'pek', '',
           timestamptz '2026-12-01' + interval '1 day' * (n % 60), '2027-03-01', 0, 0, 'CNY',
           '2026-11-01', 'h' || n, (ARRAY['US', 'JP', 'FR', 'DE', ''])[1 + n % 5]
    FROM generate_series(1, 30000) AS n;
    ANALYZE bookings)sql");
  TripFilter filter = To("US");
  filter.from_day = kFirst;
  filter.to_day = kFirst + 30;
  filter.after = TripPosition{kFirst + 3, "bk-7"};
  filter.departing_after = scene->clock.Now();
  filter.limit = 51;
  const auto rows = scene
                        ->Run(scene->pool.Query(std::string("EXPLAIN ") + kListTrips,
                                                ListTripsParameters(filter)))
                        .value();
  std::string plan;
  for (int i = 0; i < rows.rows(); ++i)
    absl::StrAppend(&plan, rows.row(i).Text("QUERY PLAN"), "\n");
  INFO(plan);
  CHECK(plan.find("Index Scan using bookings_trips") != std::string::npos);
  CHECK(plan.find("Seq Scan") == std::string::npos);
}

}  // namespace houbu::slot
