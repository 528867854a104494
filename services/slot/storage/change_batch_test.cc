// Many changes in one commit: each has the answer it would have had alone.
#include "services/slot/storage/batch_subject.h"

namespace houbu::slot {
TEST_CASE("a refused change of a batch fails none of its neighbours",
          "[slot][record][batch][X-01][X-07][W-15]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  Batches batches(*scene);
  REQUIRE(batches.Commit({batches.Answering(batches.Books("bk-a", "t1", {0, 2}, {0}), "rq-a"),
                          batches.Books("bk-b", "t2", {0, 2}, {}), batches.Enlists("dm-a"),
                          batches.Books("bk-c", "t3", {0, 1}, {1})}) ==
          std::vector<std::string>(4));
  const Change cancels = batches.Cancels("bk-c");
  REQUIRE(batches.Commit({cancels}) == std::vector<std::string>{""});
  REQUIRE(batches.Commit({batches.Links("bk-c", "bk-x")}) == std::vector<std::string>{""});

  Change stale = batches.Books("bk-10", "u1", {0, 1}, {2});
  stale.claim->epoch = 7;
  Change lost = batches.Books("bk-11", "u2", {0, 1}, {2});
  lost.claim->run = RunId("none");
  Change elsewhere = batches.Books("bk-12", "t1", {0, 1}, {2});
  elsewhere.claim->run = elsewhere.booking->trip.run = RunId("g3");
  Change backwards = batches.Books("bk-13", "u3", {0, 1}, {3});
  std::swap(backwards.claim->departs_at, backwards.claim->arrives_at);
  const std::vector<std::pair<Change, std::string>> cases = {
      {batches.Books("bk-1", "s1", {0, 1}, {2}), ""},
      {batches.Answering(batches.Books("bk-2", "s2", {0, 1}, {3}), "rq-a"), "REQUEST_RACED"},
      {batches.Answering(batches.Books("bk-3", "s3", {0, 1}, {3}), "rq-a", "g"),
       "REQUEST_ID_REUSED"},
      {stale, "STALE_INDEX"},
      {lost, "RUN_NOT_FOUND"},
      {batches.Enlists("dm-a"), "DEMAND_EXISTS"},
      {batches.Enlists("dm-b"), ""},
      {cancels, "CHANGED_MEANWHILE"},
      {batches.Books("bk-4", "t1", {0, 1}, {3}), "ONE_TICKET_PER_RUN"},
      {elsewhere, "ITINERARY_CONFLICT"},
      {batches.Books("bk-5", "s5", {1, 2}, {0}), "PLACE_TAKEN"},
      {batches.Books("bk-6", "s6,s7", {1, 2}, {}), "PLACE_TAKEN"},
      {batches.Books("bk-7", "s8", {1, 2}, {9}), "PLACE_TAKEN"},
      {batches.Links("bk-c", "bk-y"), "ALREADY_REBOOKED"},
      {backwards, "FAILED"},
      {batches.Answering(batches.Books("bk-8", "s9", {1, 2}, {2}), "rq-b"), ""},
      {batches.Books("bk-9", "s10", {0, 2}, {}), ""},
  };
  std::vector<Change> changes;
  std::vector<std::string> expected;
  for (const auto& [change, reason] : cases) {
    changes.push_back(change);
    expected.push_back(reason);
  }
  CHECK(batches.Commit(changes) == expected);
  for (const auto& [change, reason] : cases) {
    if (!change.booking.has_value() || change.booking->version > 1) continue;
    CHECK(scene->Run(scene->bookings.Load(change.booking->id)).ok() == reason.empty());
  }
  CHECK(scene->Ask("SELECT count(*) FROM request_answers") == "2");
  batches.CheckGuards();
}

TEST_CASE("of several refusals the same is told as of a change alone", "[slot][record][batch]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  Batches batches(*scene);
  REQUIRE(batches.Commit({batches.Answering(batches.Books("bk-a", "t1", {0, 2}, {0}), "rq-a")}) ==
          std::vector<std::string>{""});
  // Everything is wrong with it; what is mended lets the next refusal be seen.
  Change change = batches.Answering(batches.Books("bk-1", "t1", {0, 2}, {0}), "rq-a");
  change.claim->epoch = 2;
  CHECK(batches.Commit({change}) == std::vector<std::string>{"REQUEST_RACED"});
  change.answer->key.request_id = "rq-b";
  CHECK(batches.Commit({change}) == std::vector<std::string>{"STALE_INDEX"});
  change.claim->epoch = 1;
  CHECK(batches.Commit({change}) == std::vector<std::string>{"ONE_TICKET_PER_RUN"});
  change.claim->travellers = {"t2"};
  CHECK(batches.Commit({change}) == std::vector<std::string>{"PLACE_TAKEN"});
}

TEST_CASE("what touches the same thing is committed one after the other",
          "[slot][record][batch][X-07]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  Batches batches(*scene);
  CHECK(batches.Commit({batches.Answering(batches.Books("bk-1", "t1", {0, 2}, {0}), "rq"),
                        batches.Answering(batches.Books("bk-2", "t2", {0, 2}, {1}), "rq"),
                        batches.Answering(batches.Books("bk-3", "t3", {0, 2}, {1}), "rq", "g"),
                        batches.Books("bk-4", "t1", {0, 1}, {2})}) ==
        std::vector<std::string>{"", "REQUEST_RACED", "REQUEST_ID_REUSED", "ONE_TICKET_PER_RUN"});
  // Places come free and are taken within one batch.
  CHECK(batches.Commit({batches.Cancels("bk-1"), batches.Books("bk-5", "t5", {0, 2}, {0}),
                        batches.Books("bk-6", "t1", {0, 2}, {3})}) == std::vector<std::string>(3));
  batches.CheckGuards();
}

TEST_CASE("bookings of one unit in one batch pass on legs of their own only",
          "[slot][record][batch][X-01]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  Batches batches(*scene);
  CHECK(batches.Commit({batches.Books("bk-1", "t1", {0, 1}, {0}),
                        batches.Books("bk-2", "t2", {1, 2}, {0})}) == std::vector<std::string>(2));
  CHECK(batches.Commit(
            {batches.Books("bk-3", "t3", {0, 2}, {1}), batches.Books("bk-4", "t4", {1, 2}, {1})}) ==
        std::vector<std::string>{"", "PLACE_TAKEN"});
  // One of two that share a unit's row is at fault: the other passes.
  CHECK(batches.Commit({batches.Books("bk-5", "t5", {0, 1}, {2})}) == std::vector<std::string>(1));
  CHECK(batches.Commit({batches.Books("bk-6", "t6", {0, 1}, {2}),
                        batches.Books("bk-7", "t7", {1, 2}, {2}),
                        batches.Books("bk-8", "t8", {0, 1}, {3})}) ==
        std::vector<std::string>{"PLACE_TAKEN", "", ""});
  CHECK(batches.Commit({batches.Books("bk-9", "t9,t10", {1, 2}, {3, 3})}) ==
        std::vector<std::string>{"PLACE_TAKEN"});
  batches.CheckGuards();
}

TEST_CASE("of those who want counted places in one batch as many pass as there are",
          "[slot][record][batch][X-01]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  Batches batches(*scene);
  std::vector<Change> changes;
  for (int i = 0; i < 7; ++i) {
    changes.push_back(
        batches.Books(absl::StrCat("bk-", i), absl::StrCat("t", i), {i % 2, 1 + i % 2}, {}));
  }
  const std::vector<std::string> taken(3, "PLACE_TAKEN");
  std::vector<std::string> expected(4);
  expected.insert(expected.end(), taken.begin(), taken.end());
  CHECK(batches.Commit(changes) == expected);
  CHECK(scene->Ask("SELECT string_agg(taken::text, ',' ORDER BY leg) FROM leg_counts") == "2,2");
  batches.CheckGuards();
}

TEST_CASE("a traveller who travels much is known by the journeys that still matter",
          "[slot][record][batch][W-15]") {
  const auto scene = RecordScene::OrSkip();
  if (!scene) return;
  scene->Execute(R"sql(
    INSERT INTO runs (id, kind, display_name, service_date, time_zone, sale_open_at, departs_at)
    SELECT 'd' || i, 'TRAIN', 'D', '2026-12-01', 'Asia/Shanghai', '2026-11-01', '2026-12-01'
    FROM generate_series(0, 79) AS i;
    INSERT INTO run_classes (run_id, code, kind, capacity)
    SELECT 'd' || i, 'standing', 'COUNTED', 2 FROM generate_series(0, 79) AS i)sql");
  Batches batches(*scene);
  const auto daily = [&](int day, const std::string& id, int run) {
    Change change = batches.Books(id, "t1", {0, 2}, {});
    change.claim->run = RunId(absl::StrCat("d", run));
    change.claim->departs_at = batches.Time() + absl::Hours(24 * day);
    change.claim->arrives_at = change.claim->departs_at + absl::Hours(2);
    return change;
  };
  for (int day = 0; day < 80; ++day) {
    CHECK(batches.Commit({daily(0, absl::StrCat("bk-", day), day)}) ==
          std::vector<std::string>{""});
    scene->clock.Advance(absl::Hours(24));
  }
  CHECK(scene->Ask("SELECT cardinality(runs) <= 33 FROM travellers") == "true");
  CHECK(scene->Ask("SELECT cardinality(ends) = cardinality(runs) FROM travellers") == "true");
  CHECK(batches.Commit({daily(-1, "bk-80", 0)}) == std::vector<std::string>{"ITINERARY_CONFLICT"});
  CHECK(batches.Commit({daily(1, "bk-81", 79)}) == std::vector<std::string>{"ONE_TICKET_PER_RUN"});
  CHECK(batches.Commit({batches.Cancels("bk-79")}) == std::vector<std::string>{""});
  CHECK(batches.Commit({daily(-1, "bk-82", 79)}) == std::vector<std::string>{""});
}

}  // namespace houbu::slot
