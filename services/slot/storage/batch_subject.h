/// Batches of changes under test.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/slot/storage/change_committer.h"
#include "services/slot/storage/record_subject.h"

namespace houbu::slot {

/// Batches on one database.
class Batches final {
 public:
  explicit Batches(RecordScene& scene) : scene_(scene), committer_(scene.pool, EncodeEffectCall) {}

  absl::Time Time() const { return scene_.clock.Now(); }

  /// Commits together; the reasons of those refused, "" for the others.
  std::vector<std::string> Commit(const std::vector<Change>& changes) {
    std::vector<PendingChange> pending;
    for (const Change& change : changes) pending.push_back(std::make_shared<const Change>(change));
    std::vector<std::string> reasons;
    const auto answers = scene_.Run(committer_.Commit(std::move(pending))).value();
    for (const auto& answer : answers) {
      reasons.push_back(ReasonOfResult(answer));
      if (!answer.ok() && reasons.back().empty()) reasons.back() = "FAILED";
    }
    return reasons;
  }

  /// Second class of g1, or standing places where there are no units.
  Change Books(const std::string& id, const std::string& travellers, LegRange legs,
               std::vector<int> units) const {
    return BookingChange(id, travellers, legs, std::move(units), Time());
  }

  /// With an answer stored.
  Change Answering(Change change, const std::string& request,
                   const std::string& fingerprint = "f") const {
    StoredAnswer answer;
    answer.key.caller = "accounts/ac-1";
    answer.key.method = "/m";
    answer.key.request_id = request;
    answer.key.fingerprint = fingerprint;
    answer.bytes = request;
    change.answer = answer;
    return change;
  }

  /// A booking that was committed, cancelled.
  Change Cancels(const std::string& id) {
    const Booking kept = scene_.Run(scene_.bookings.Load(BookingId(id))).value();
    Change change;
    change.now = Time();
    change.booking = Cancel(kept, "行程有变", Time()).value();
    change.frees = kept.id;
    change.owes_index = kept.trip.run;
    return change;
  }

  /// A demand in line.
  Change Enlists(const std::string& id) const {
    Demand demand;
    demand.id = DemandId(id);
    demand.run = RunId("g1");
    demand.class_code = "second";
    demand.legs = LegRange{0, 2};
    demand.departs_at = demand.effective_at = demand.created_at = Time();
    demand.travellers = {Traveller{"t", "p", "旅*"}};
    Change change;
    change.now = Time();
    change.demand = demand;
    change.owes_index = demand.run;
    return change;
  }

  /// The link of a cancelled booking to its follower.
  Change Links(const std::string& from, const std::string& to) const {
    Change change;
    change.now = Time();
    change.link = RebookingLink{BookingId(from), to, ""};
    return change;
  }

  /// What units, counts and travellers say that the allocations do not: nothing.
  void CheckGuards() {
    CHECK(scene_.Ask(R"sql(
      SELECT count(*) FROM run_units AS u
      WHERE u.taken <> COALESCE((
        SELECT range_agg(int4range(a.from_stop, a.to_stop)) FROM allocations AS a
        WHERE a.run_id = u.run_id AND a.class_code = u.class_code AND u.unit = ANY(a.units)),
        '{}'))sql") == "0");
    CHECK(scene_.Ask(R"sql(
      SELECT count(*) FROM leg_counts AS c
      WHERE c.taken <> (
        SELECT COALESCE(sum(cardinality(a.travellers)), 0) FROM allocations AS a
        WHERE a.run_id = c.run_id AND a.class_code = c.class_code AND a.from_stop <= c.leg
          AND a.to_stop > c.leg))sql") == "0");
    CHECK(scene_.Ask(R"sql(
      SELECT count(*) FROM travellers AS t
      WHERE (SELECT COALESCE(array_agg(r ORDER BY r), '{}') FROM unnest(t.runs) AS r)
        <> (SELECT COALESCE(array_agg(a.run_id ORDER BY a.run_id), '{}') FROM allocations AS a
            WHERE t.traveller_key = ANY(a.travellers)))sql") == "0");
    // No two allocations of a unit share a leg: what no constraint but the guard forbids.
    CHECK(scene_.Ask(R"sql(
      SELECT count(*) FROM allocations AS a JOIN allocations AS b
        ON a.run_id = b.run_id AND a.class_code = b.class_code AND a.units && b.units
       AND a.from_stop < b.to_stop AND b.from_stop < a.to_stop AND a.booking_id < b.booking_id
      )sql") == "0");
  }

 private:
  RecordScene& scene_;
  ChangeCommitter committer_;
};

}  // namespace houbu::slot
