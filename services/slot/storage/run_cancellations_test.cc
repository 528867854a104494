// Cancelled runs: nobody new gets on them, who has places loses them and gets everything back, who
// waits is told, once each, whoever dies in between.
#include "services/slot/app/run_cancellations.h"

#include <string>
#include <vector>

#include "services/slot/storage/postgres_cancelled_runs.h"
#include "services/slot/storage/test_scene.h"

#include "houbu/payment/v1/payment.pb.h"

namespace houbu::slot {
namespace {

Wish For(const std::string& travellers) {
  Wish wish;
  wish.travellers = travellers;
  return wish;
}

/// An operator, and the loop of one process.
struct Operator {
  explicit Operator(Scene& on)
      : scene(on), sales(SaleSwitch::Tools{on.clock, on.record, on.inventory, on.fresh_index}) {}

  /// Cancels a run; "<run>: <bookings> <demands> <reason>", or the reason it was refused for.
  std::string Cancel(const std::string& run, const std::string& reason = "暴雨停运",
                     const std::string& request = "") {
    RunToCancel wanted;
    wanted.run = RunId(run);
    wanted.reason = reason;
    Mutation<CancelledRun> mutation;
    mutation.key = scene.Key(request, run + reason);
    mutation.render = [](const CancelledRun& cancelled) {
      return absl::StrCat(cancelled.run.value(), ": ", cancelled.bookings, " ", cancelled.demands,
                          " ", cancelled.reason);
    };
    const auto answer = scene.Run(cancellations.Cancel(wanted, mutation));
    return answer.ok() ? *answer : std::string(ReasonOf(answer.status()));
  }

  /// Sweeps until nothing is found; gives how many sweeps found something.
  int SweepAll(int limit = 100) {
    for (int rounds = 0;; ++rounds) {
      const auto found = scene.Run(cancellations.Sweep(limit));
      REQUIRE(found.ok());
      if (*found == 0) return rounds;
    }
  }

  CancelledRun Find(const std::string& run) {
    return scene.Run(cancellations.Find(RunId(run))).value();
  }

  Scene& scene;
  SaleSwitch sales;
  PostgresCancelledRuns runs{scene.pool};
  RunCancellations cancellations{scene.tools, runs, scene.demands, sales};
};

// The refunds that wait to be told to payment.
std::vector<houbu::payment::v1::RefundPaymentRequest> Refunds(Scene& scene) {
  const auto rows = scene.Run(scene.pool.Query(
      "SELECT payload FROM outbox WHERE method LIKE '%/RefundPayment' ORDER BY seq"));
  REQUIRE(rows.ok());
  std::vector<houbu::payment::v1::RefundPaymentRequest> refunds;
  for (int i = 0; i < rows->rows(); ++i) {
    refunds.emplace_back();
    REQUIRE(refunds.back().ParseFromString(rows->row(i).Bytes("payload")));
  }
  return refunds;
}

}  // namespace

TEST_CASE("a cancelled run's bookings are cancelled and refunded whole, and their owners told",
          "[slot][cancelled_run][W-14][X-16][R-13]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator control(*scene);
  const Booking paid = scene->BookPaid(For("t1")).value();
  const Booking held = scene->Book(For("t2")).value();
  const Booking gone = scene->BookPaid(For("t3")).value();
  REQUIRE(scene->Cancel(gone).ok());
  const int told = scene->CountCalls("SendMessage");
  const std::size_t refunded = Refunds(*scene).size();
  CHECK(control.Cancel("g1") == "g1: 2 0 暴雨停运");
  CHECK(control.Find("g1").bookings_left == 2);
  CHECK(control.SweepAll() == 1);
  for (const Booking& booking : {paid, held}) {
    const Booking after = scene->Load(booking.id).value();
    CHECK(after.state == BookingState::kCancelled);
    CHECK(after.cancel_reason == "暴雨停运");
    CHECK(after.history.back().cause == "RUN_CANCELLED");
  }
  CHECK(scene->Load(gone.id)->history.back().cause == "CANCELLED_BY_OWNER");
  const auto refunds = Refunds(*scene);
  REQUIRE(refunds.size() == refunded + 2);
  for (std::size_t i = refunded; i < refunds.size(); ++i) {
    CHECK(refunds[i].batch() == "runs/g1");
    CHECK(!refunds[i].has_fare_facts());
  }
  CHECK(scene->CountCalls("SendMessage") == told + 2);
  CHECK(control.Find("g1").bookings == 2);
  CHECK(control.Find("g1").bookings_left == 0);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a cancelled run sells to nobody, serves nobody and is never opened again",
          "[slot][cancelled_run][W-05][R-05]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator control(*scene);
  REQUIRE(scene->BookPaid(For("t1,t2")).ok());
  REQUIRE(scene->BookPaid(For("t3")).ok());
  REQUIRE(scene->Enlist("dm-1", For("t4,t5")).ok());
  CHECK(control.Cancel("g1") == "g1: 2 1 暴雨停运");
  CHECK(ReasonOfOutcome(scene->Book(For("t7"))) == "RUN_CLOSED");
  SaleChange open;
  open.run = RunId("g1");
  Mutation<SaleChange> mutation;
  mutation.key = scene->Key();
  mutation.render = [](const SaleChange&) { return std::string("open"); };
  CHECK(ReasonOfOutcome(scene->Run(control.sales.Turn(open, mutation))) == "RUN_CANCELLED");
  CHECK(control.SweepAll() == 2);
  scene->Match();
  const Demand failed = scene->LoadDemand("dm-1");
  CHECK(failed.state == DemandState::kFailed);
  CHECK(failed.fail_reason == "RUN_CANCELLED");
  CHECK(scene->CountCalls("OnDemandFailed") == 1);
  CHECK(scene->CountCalls("OnMatch") == 0);
  // Who was on the way into the line, and was found places there, gets none of them.
  REQUIRE(scene->Enlist("dm-2", For("t6")).ok());
  scene->Match();
  control.SweepAll();
  CHECK(scene->LoadDemand("dm-2").fail_reason == "RUN_CANCELLED");
  CHECK(scene->CountCalls("OnMatch") == 0);
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("an index that was not told sells no place of a cancelled run", "[slot][cancelled_run]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator control(*scene);
  REQUIRE(control.Cancel("g1") == "g1: 0 0 暴雨停运");
  scene->Execute("UPDATE runs SET sale = 'OPEN'");
  scene->index.Lose();
  CHECK(ReasonOfOutcome(scene->Book(For("t1"))) == "RUN_CANCELLED");
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("places found for somebody before the run was cancelled come back when they are taken",
          "[slot][cancelled_run][W-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator control(*scene);
  REQUIRE(scene->Enlist("dm-1", For("t1")).ok());
  REQUIRE(scene->Enlist("dm-2", For("t2")).ok());
  scene->Match();
  REQUIRE(scene->LoadDemand("dm-1").state == DemandState::kMatched);
  CHECK(control.Cancel("g1") == "g1: 2 0 暴雨停运");
  // Their orders are being asked: nothing stands yet.
  CHECK(control.SweepAll() == 0);
  CHECK(control.Find("g1").bookings_left == 2);
  REQUIRE(scene->Run(scene->matching.Decided(DemandId("dm-1"), true)).ok());
  REQUIRE(scene->Run(scene->matching.Decided(DemandId("dm-2"), false)).ok());
  CHECK(control.SweepAll() == 1);
  const BookingId served = scene->LoadDemand("dm-1").booking;
  CHECK(scene->Load(served)->state == BookingState::kCancelled);
  CHECK(control.Find("g1").bookings_left == 0);
  const auto refunds = Refunds(*scene);
  REQUIRE(refunds.size() == 1);
  CHECK(refunds[0].name() == "payments/of-dm-1");
  CHECK(scene->Wrongs().empty());
}

TEST_CASE("a cancellation goes on where it was left, also when the run has left meanwhile",
          "[slot][cancelled_run][X-07]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  std::vector<Booking> bookings;
  for (const char* traveller : {"t1", "t2", "t3"}) {
    bookings.push_back(scene->BookPaid(For(traveller)).value());
  }
  {
    Operator dying(*scene);
    REQUIRE(dying.Cancel("g1") == "g1: 3 0 暴雨停运");
    REQUIRE(scene->Run(dying.cancellations.Sweep(1)).value() == 1);
  }
  Operator control(*scene);
  CHECK(control.Find("g1").bookings_left == 2);
  scene->clock.Set(bookings.front().trip.arrives_at);
  REQUIRE(scene->Run(scene->due.Sweep(10)).ok());
  CHECK(control.SweepAll(1) == 2);
  for (const Booking& booking : bookings) {
    CHECK(scene->Load(booking.id)->state == BookingState::kCancelled);
  }
  CHECK(Refunds(*scene).size() == 3);
  // Once nothing new can come it is done.
  const auto open = [&] {
    return scene->Run(scene->pool.Query("SELECT FROM run_cancellations WHERE done_at IS NULL"))
        ->rows();
  };
  CHECK(open() == 1);
  scene->clock.Advance(absl::Hours(25));
  control.SweepAll();
  CHECK(open() == 0);
  CHECK(control.Find("g1").bookings == 3);
}

TEST_CASE("a run is cancelled once, for the first reason, and not once it has left",
          "[slot][cancelled_run]") {
  const auto scene = Scene::OrSkip();
  if (!scene) return;
  Operator control(*scene);
  const Booking paid = scene->BookPaid(For("t1")).value();
  CHECK(control.Cancel("g1", "暴雨", "rq-stop") == "g1: 1 0 暴雨");
  CHECK(control.Cancel("g1", "大雪") == "g1: 1 0 暴雨");
  control.SweepAll();
  CHECK(control.Cancel("g1", "暴雨", "rq-stop") == "g1: 1 0 暴雨");
  CHECK(control.Cancel("g1", "大雪", "rq-stop") == "REQUEST_ID_REUSED");
  CHECK(control.Cancel("g9") == "RUN_NOT_FOUND");
  CHECK(ReasonOfOutcome(scene->Run(control.cancellations.Find(RunId("g3")))) ==
        "RUN_NOT_CANCELLED");
  // The traveller is free for another train at that time.
  Wish other = For("t1");
  other.run = "g3";
  CHECK(scene->Book(other).ok());
  scene->clock.Advance(absl::Hours(24 * 60));
  CHECK(control.Cancel("g3") == "RUN_DEPARTED");
  CHECK(Refunds(*scene).size() == 1);
  CHECK(scene->Load(paid.id)->state == BookingState::kCancelled);
}

}  // namespace houbu::slot
