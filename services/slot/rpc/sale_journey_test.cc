// One journey through the handlers: a traveller asks for a seat at the window, an operator closes
// the run and opens it again.
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/rpc/client.h"
#include "libs/testing/any_operator.h"
#include "libs/testing/sequential_id_source.h"
#include "libs/testing/test_service.h"
#include "services/slot/app/run_cancellations.h"
#include "services/slot/app/search_subject.h"
#include "services/slot/rpc/booking_handlers.h"
#include "services/slot/rpc/catalogue_handlers.h"
#include "services/slot/rpc/inventory_handlers.h"

namespace houbu::slot {
namespace {

using Words = std::vector<std::string>;

/// Believes that who travels is the one the payload names.
class TrustingStatements final : public StatementCheck {
 public:
  absl::StatusOr<std::vector<Traveller>> Verify(const SignedStatement& statement, absl::string_view,
                                                absl::Time) const override {
    Traveller traveller;
    traveller.key = statement.payload;
    return std::vector<Traveller>(1, traveller);
  }
};

/// The stub whose calls an interface has.
template <class Interface>
struct StubOf;
template <>
struct StubOf<v1::BookingService::Stub::async_interface> {
  using Type = v1::BookingService::Stub;
};
template <>
struct StubOf<v1::CatalogueService::Stub::async_interface> {
  using Type = v1::CatalogueService::Stub;
};
template <>
struct StubOf<v1::InventoryService::Stub::async_interface> {
  using Type = v1::InventoryService::Stub;
};

/// Cancelled runs on which nobody has places.
class EmptyCancelledRuns final : public CancelledRuns {
 public:
  explicit EmptyCancelledRuns(InventoryRecord& inventory) : inventory_(inventory) {}

  async::Task<CancelledAnswer> Cancel(RunToCancel wanted, Mutation<CancelledRun> mutation,
                                      absl::Time now) override {
    CancelledRun cancelled;
    cancelled.run = wanted.run;
    cancelled.reason = wanted.reason;
    cancelled.cancelled_at = now;
    CancelledAnswer answer;
    answer.bytes = mutation.render(cancelled);
    SaleChange closed;
    closed.run = wanted.run;
    closed.sale = Sale::kClosed;
    StoredAnswer stored;
    stored.key = mutation.key;
    stored.bytes = answer.bytes;
    ASSIGN_OR_CO_RETURN(answer.committed,
                        co_await inventory_.SetSale(std::move(closed), std::move(stored), now));
    cancelled_ = cancelled;
    co_return answer;
  }
  async::Task<CancelledRun> Find(RunId run) override {
    if (!cancelled_.has_value() || !(cancelled_->run == run)) co_return Refuse(kRunNotCancelled);
    co_return *cancelled_;
  }
  async::Task<std::vector<DemandId>> WaitingDemands(int) override {
    co_return std::vector<DemandId>();
  }
  async::Task<std::vector<BookingLeft>> BookingsLeft(int) override {
    co_return std::vector<BookingLeft>();
  }
  async::Task<void> ForgetDone(absl::Time) override { co_return absl::OkStatus(); }

 private:
  InventoryRecord& inventory_;
  std::optional<CancelledRun> cancelled_;
};

/// Slot in memory, served: a train whose seats are by turns at the aisle and at the window.
class Served final {
 public:
  Served() {
    for (const char* id : {"A", "B", "C"}) subject.Station(id, std::string("At ") + id, "");
    subject.Train("G1", "A 08:00 B 09:00 C 10:00");
    subject.Sell("G1", "second", 20000);
    subject.catalogue.content.offers[0].trains[0].classes[0].positions = "CF";
    subject.Open();
    run = "runs/" + subject.RunOf("G1", absl::CivilDay(2026, 12, 1));
    service.seam.GuardRoles(any_operator);
    REQUIRE(service.Serve({&bookings, &catalogue, &inventory}).ok());
  }

  template <class Interface, class Request, class Response>
  absl::StatusOr<Response> Ask(const std::string& peer,
                               void (Interface::*method)(grpc::ClientContext*, const Request*,
                                                         Response*,
                                                         std::function<void(grpc::Status)>),
                               const Request& request) {
    const rpc::Channel channel = service.ConnectAs(peer);
    const rpc::Client<typename StubOf<Interface>::Type> client(channel);
    rpc::CallContext context = rpc::Within(absl::Seconds(5));
    if (peer == "gateway") context.bearer = "good";
    return testing::RunTask(client.Call(method, request, std::move(context)));
  }

  absl::StatusOr<v1::Booking> Book(const std::string& traveller, const std::string& request_id,
                                   std::vector<int> positions = {}) {
    v1::CreateBookingRequest request;
    request.set_request_id(request_id);
    request.set_run(run);
    request.set_class_code("second");
    request.set_from("A");
    request.set_to("C");
    request.mutable_statement()->set_key_id("k");
    request.mutable_statement()->set_payload(traveller);
    request.mutable_statement()->set_signature("s");
    for (const int position : positions) {
      request.add_positions(static_cast<v1::Position>(position));
    }
    return Ask("gateway", &v1::BookingService::Stub::async_interface::CreateBooking, request);
  }

  template <class Request>
  absl::StatusOr<v1::RunSale> Turn(const std::string& peer,
                                   void (v1::InventoryService::Stub::async_interface::*method)(
                                       grpc::ClientContext*, const Request*, v1::RunSale*,
                                       std::function<void(grpc::Status)>),
                                   const std::string& request_id) {
    Request request;
    request.set_request_id(request_id);
    request.set_run(run);
    return Ask(peer, method, request);
  }

  absl::StatusOr<v1::RunSale> Close(const std::string& peer, const std::string& request_id) {
    return Turn(peer, &v1::InventoryService::Stub::async_interface::CloseSale, request_id);
  }
  absl::StatusOr<v1::RunSale> Reopen(const std::string& peer, const std::string& request_id) {
    return Turn(peer, &v1::InventoryService::Stub::async_interface::ReopenSale, request_id);
  }

  absl::StatusOr<v1::RunCancellation> Stop(const std::string& peer, const std::string& reason,
                                           const std::string& request_id) {
    v1::CancelRunRequest request;
    request.set_request_id(request_id);
    request.set_run(run);
    request.set_reason(reason);
    return Ask(peer, &v1::InventoryService::Stub::async_interface::CancelRun, request);
  }

  absl::StatusOr<v1::RunCancellation> Follow(const std::string& peer) {
    v1::GetRunCancellationRequest request;
    request.set_run(run);
    return Ask(peer, &v1::InventoryService::Stub::async_interface::GetRunCancellation, request);
  }

  v1::Run::Class ClassNow() {
    subject.CatchUp();
    v1::GetRunRequest request;
    request.set_name(run);
    const auto found =
        Ask("gateway", &v1::CatalogueService::Stub::async_interface::GetRun, request);
    REQUIRE(found.status() == absl::OkStatus());
    return found->classes(0);
  }

  SearchSubject subject;
  testing::TestService service;
  testing::SequentialIdSource ids;
  TrustingStatements statements;
  FreshIndex fresh_index{subject.index, subject.record};
  BookingTools tools{subject.clock,  ids,         subject.record, subject.record, subject.record,
                     subject.record, fresh_index, subject.index,  subject.policy};
  BookingCreation creation{tools, statements};
  BookingLookup lookup{subject.record};
  Cancellation cancellation{tools};
  Rebooking rebooking{tools, statements, subject.windows};
  IndexKeeper keeper{IndexKeeper::Tools{subject.clock, subject.record, subject.index,
                                        subject.record, fresh_index, KeeperPolicy()}};
  SaleSwitch sales{SaleSwitch::Tools{subject.clock, subject.record, subject.record, fresh_index}};
  EmptyCancelledRuns cancelled{subject.record};
  RunCancellations cancellations{tools, cancelled, subject.record, sales};
  testing::AnyOperator any_operator;
  BookingHandlers bookings{service.seam,
                           BookingHandlers::UseCases{creation, lookup, cancellation, rebooking}};
  CatalogueHandlers catalogue{
      service.seam, CatalogueHandlers::UseCases{subject.clock, subject.journeys, subject.windows}};
  InventoryHandlers inventory{service.seam, keeper, sales, cancellations};
  std::string run;
};

Words FieldsOf(const absl::Status& status) {
  Words fields;
  for (const Violation& violation : ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

}  // namespace

TEST_CASE("a wish goes from the request to the place, and wrong ones are named",
          "[slot][rpc][wish][W-12]") {
  Served served;
  REQUIRE(served.ClassNow().positions_size() == 2);
  CHECK(served.ClassNow().positions(0) == v1::POSITION_WINDOW);
  const auto window = served.Book("t1", "rq-1", {v1::POSITION_WINDOW});
  REQUIRE(window.status() == absl::OkStatus());
  CHECK(window->places(0).unit() == "01F");
  CHECK(served.Book("t1", "rq-1", {v1::POSITION_WINDOW})->name() == window->name());
  CHECK(ReasonOf(served.Book("t1", "rq-1", {v1::POSITION_AISLE}).status()) == "REQUEST_ID_REUSED");
  CHECK(FieldsOf(served.Book("t2", "rq-2", {v1::POSITION_AISLE, 99, 0}).status()) ==
        Words{"positions[1]", "positions[2]"});
  CHECK(FieldsOf(served.Book("t2", "rq-3", {v1::POSITION_LOWER_BERTH}).status()) ==
        Words{"positions[0]"});
  CHECK(FieldsOf(served.Book("t2", "rq-4", std::vector<int>(7, v1::POSITION_AISLE)).status()) ==
        Words{"positions"});
}

TEST_CASE("an operator closes a run and opens it again, and nobody else may",
          "[slot][rpc][sale][W-02]") {
  Served served;
  CHECK(served.ClassNow().state() == v1::Run::Class::STATE_ON_SALE);
  CHECK(ReasonOf(served.Close("gateway", "rq-1").status()) == "CALLER_NOT_ALLOWED");
  const auto closed = served.Close("operator", "rq-1");
  REQUIRE(closed.status() == absl::OkStatus());
  CHECK(closed->state() == v1::RunSale::STATE_CLOSED);
  CHECK(closed->run() == served.run);
  CHECK(ReasonOf(served.Book("t1", "rq-a").status()) == "RUN_CLOSED");
  const v1::Run::Class stopped = served.ClassNow();
  CHECK(stopped.state() == v1::Run::Class::STATE_STOPPED);
  CHECK_FALSE(stopped.on_sale());
  CHECK_FALSE(stopped.waitlist());
  CHECK(stopped.free() == 10);
  CHECK(served.Reopen("operator", "rq-2")->state() == v1::RunSale::STATE_OPEN);
  CHECK(served.Book("t1", "rq-b").ok());
  CHECK(served.ClassNow().state() == v1::Run::Class::STATE_ON_SALE);
}

TEST_CASE("an operator cancels a run for a reason and sees how far that is, and nobody else may",
          "[slot][rpc][cancelled_run]") {
  Served served;
  CHECK(ReasonOf(served.Follow("operator").status()) == "RUN_NOT_CANCELLED");
  CHECK(ReasonOf(served.Stop("gateway", "暴雨", "rq-1").status()) == "CALLER_NOT_ALLOWED");
  CHECK(ReasonOf(served.Follow("gateway").status()) == "CALLER_NOT_ALLOWED");
  CHECK(FieldsOf(served.Stop("operator", "", "rq-1").status()) == Words{"reason"});
  const auto cancelled = served.Stop("operator", "暴雨", "rq-1");
  REQUIRE(cancelled.status() == absl::OkStatus());
  CHECK(cancelled->run() == served.run);
  CHECK(cancelled->reason() == "暴雨");
  CHECK(cancelled->refund_batch() == served.run);
  CHECK(served.Stop("operator", "暴雨", "rq-1")->SerializeAsString() ==
        cancelled->SerializeAsString());
  CHECK(served.Follow("operator")->reason() == "暴雨");
  CHECK(ReasonOf(served.Book("t1", "rq-a").status()) == "RUN_CLOSED");
}

}  // namespace houbu::slot
