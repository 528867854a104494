// The catalogue over the wire: answers, what is wrong with a request, pages, freshness.
#include "services/slot/rpc/catalogue_handlers.h"

#include <map>
#include <string>
#include <vector>

#include "libs/rpc/client.h"
#include "libs/rpc/wire.h"
#include "libs/testing/test_service.h"
#include "services/slot/app/search_subject.h"

namespace houbu::slot {
namespace {

using Stub = v1::CatalogueService::Stub;
using Words = std::vector<std::string>;

const absl::CivilDay kDay(2026, 12, 1);

// The catalogue of a small network, served.
class Served final {
 public:
  Served() {
    for (const char* id : {"A", "B", "C", "Z"}) subject.Station(id, std::string("At ") + id, "");
    subject.Train("G1", "A 08:00 B 09:00 C 10:00");
    subject.Train("G3", "A 09:00 B 10:00 C 11:00");
    subject.Train("D5", "A 10:00 C 12:00");
    subject.Train("G7", "C 13:00 Z 14:00");
    subject.Sell("G1", "first", 40000);
    subject.Sell("G1", "second", 20000);
    subject.Sell("G3", "second", 20000);
    WindowOfferTemplate window;
    window.station = subject.catalogue.content.timetables[0].stations[0];
    window.class_code = "exit-card";
    window.weekdays = 127;
    window.opens = 9 * 3600;
    window.closes = 12 * 3600;
    window.capacity = 2;
    window.first_day = absl::CivilDay(2026, 1, 1);
    window.last_day = absl::CivilDay(2027, 12, 31);
    subject.catalogue.content.offers[0].windows.push_back(window);
    subject.Open();
    REQUIRE(service.Serve(handlers).ok());
  }

  template <class Request, class Response>
  absl::StatusOr<Response> Ask(
      void (Stub::async_interface::*method)(grpc::ClientContext*, const Request*, Response*,
                                            std::function<void(grpc::Status)>),
      const Request& request) {
    const rpc::Client<Stub> client(channel());
    return testing::RunTask(client.Call(method, request, rpc::Within(absl::Seconds(5))));
  }

  absl::StatusOr<v1::SearchJourneysResponse> Search(const v1::SearchJourneysRequest& request) {
    return Ask(&Stub::async_interface::SearchJourneys, request);
  }

  SearchSubject subject;
  testing::TestService service;
  CatalogueHandlers handlers{
      service.seam, CatalogueHandlers::UseCases{subject.clock, subject.journeys, subject.windows}};

 private:
  const rpc::Channel& channel() {
    if (!channel_.has_value()) channel_ = service.ConnectAs("gateway");
    return *channel_;
  }

  std::optional<rpc::Channel> channel_;
};

v1::SearchJourneysRequest Request(const std::string& from = "A", const std::string& to = "C") {
  v1::SearchJourneysRequest request;
  request.set_origin(from);
  request.set_destination(to);
  *request.mutable_date() = rpc::ToWire(kDay);
  return request;
}

Words Trains(const v1::SearchJourneysResponse& response) {
  Words trains;
  for (const v1::Journey& journey : response.journeys()) trains.push_back(journey.train());
  return trains;
}

// The fields a refusal names.
Words FieldsOf(const absl::Status& status) {
  Words fields;
  for (const Violation& violation : ViolationsOf(status)) fields.push_back(violation.field);
  return fields;
}

}  // namespace

TEST_CASE("a search answers trains with classes, marks and its freshness",
          "[slot][rpc][search][W-02]") {
  Served served;
  const std::string run = served.subject.RunOf("G1", kDay);
  served.subject.Take(run, "first", {0, 2}, 10);
  served.subject.CatchUp();
  const auto answer = served.Search(Request());
  REQUIRE(answer.ok());
  CHECK(Trains(*answer) == Words{"G1", "G3", "D5"});
  const v1::Journey& journey = answer->journeys(0);
  CHECK(journey.run() == "runs/" + run);
  CHECK(journey.from_display_name() == "At A");
  REQUIRE(journey.classes_size() == 2);
  CHECK(journey.classes(0).code() == "first");
  CHECK(journey.classes(0).fare().minor_units() == 80000);
  CHECK(journey.classes(0).fare().currency_code() == "CNY");
  CHECK(journey.classes(0).free() == 0);
  CHECK(journey.classes(0).waitlist());
  CHECK(journey.classes(0).on_sale());
  CHECK(journey.classes(0).state() == v1::Run::Class::STATE_SOLD_OUT);
  CHECK(journey.classes(1).free() == 10);
  CHECK(journey.classes(1).state() == v1::Run::Class::STATE_ON_SALE);
  CHECK(rpc::FromWire(answer->available_as_of()).value() == served.subject.clock.Now());
  CHECK(answer->connections_size() == 0);
}

TEST_CASE("a search is filtered, ordered and paged as it was asked", "[slot][rpc][search][W-02]") {
  Served served;
  v1::SearchJourneysRequest request = Request();
  request.add_train_types("G");
  CHECK(Trains(*served.Search(request)) == Words{"G1", "G3"});
  request.add_class_codes("first");
  CHECK(Trains(*served.Search(request)) == Words{"G1"});
  request = Request();
  request.set_earliest_departure("08:01");
  request.set_latest_departure("10:00");
  CHECK(Trains(*served.Search(request)) == Words{"G3"});
  request = Request();
  request.set_order(v1::SearchJourneysRequest::ORDER_PRICE);
  request.set_page_size(1);
  Words joined;
  for (bool more = true; more;) {
    const auto page = served.Search(request);
    REQUIRE(page.ok());
    for (const std::string& train : Trains(*page)) joined.push_back(train);
    request.set_page_token(page->next_page_token());
    more = !page->next_page_token().empty();
  }
  CHECK(joined == Words{"G1", "G3", "D5"});
  // A token is good for the search it came from.
  request = Request();
  request.set_page_size(1);
  v1::SearchJourneysRequest other = Request("A", "B");
  other.set_page_token(served.Search(request)->next_page_token());
  CHECK(FieldsOf(served.Search(other).status()) == Words{"page_token"});
}

TEST_CASE("connections come when they are asked for", "[slot][rpc][search][connections][W-02]") {
  Served served;
  v1::SearchJourneysRequest request = Request("A", "Z");
  CHECK(served.Search(request)->connections_size() == 0);
  request.set_max_connections(5);
  const auto answer = served.Search(request);
  REQUIRE(answer.ok());
  REQUIRE(answer->connections_size() == 1);
  CHECK(answer->connections(0).first().train() == "D5");
  CHECK(answer->connections(0).second().train() == "G7");
}

TEST_CASE("everything that is wrong with a search is named at once", "[slot][rpc][search]") {
  Served served;
  v1::SearchJourneysRequest request;
  request.set_origin("A");
  request.set_destination("A");
  request.mutable_date()->set_year(2026);
  request.add_train_types("g");
  request.add_class_codes("");
  request.set_earliest_departure("25:00");
  request.set_latest_departure("8:00");
  request.set_order(static_cast<v1::SearchJourneysRequest::Order>(9));
  request.set_page_size(-1);
  request.set_page_token("!");
  request.set_max_connections(51);
  CHECK(FieldsOf(served.Search(request).status()) ==
        Words{"destination", "date", "train_types[0]", "class_codes[0]", "earliest_departure",
              "latest_departure", "order", "page_size", "page_token", "max_connections"});
  v1::SearchJourneysRequest backwards = Request();
  backwards.set_earliest_departure("10:00");
  backwards.set_latest_departure("10:00");
  CHECK(FieldsOf(served.Search(backwards).status()) == Words{"latest_departure"});
  v1::SearchJourneysRequest all_day = Request();
  all_day.set_latest_departure("24:00");
  CHECK(served.Search(all_day).ok());
  CHECK(FieldsOf(served.Ask(&Stub::async_interface::SearchWindows, v1::SearchWindowsRequest())
                     .status()) == Words{"station", "class_code", "date"});
  CHECK(FieldsOf(served.Ask(&Stub::async_interface::GetRun, v1::GetRunRequest()).status()) ==
        Words{"name"});
}

TEST_CASE("an unknown place is told as such, and one imported a moment ago is found",
          "[slot][rpc][search][W-02]") {
  Served served;
  CHECK(ReasonOf(served.Search(Request("A", "Nowhere")).status()) == "PLACE_UNKNOWN");
  served.subject.Station("N", "New", "");
  served.subject.Train("G9", "A 08:30 N 09:00");
  ++served.subject.catalogue.content.version;
  const auto answer = served.Search(Request("A", "New"));
  REQUIRE(answer.ok());
  CHECK(Trains(*answer) == Words{"G9"});
  CHECK(answer->journeys(0).run().empty());
}

TEST_CASE("while the index is away the record answers for new runs, and the answer says its age",
          "[slot][rpc][search][W-02]") {
  Served served;
  served.subject.changes.away = true;
  served.subject.clock.Advance(absl::Hours(24));
  REQUIRE(served.subject.Run(served.subject.opening.OpenHorizon()).ok());
  served.subject.CatchUp();
  v1::SearchJourneysRequest request = Request();
  *request.mutable_date() = rpc::ToWire(absl::CivilDay(2026, 12, 21));
  const auto answer = served.Search(request);
  REQUIRE(answer.ok());
  REQUIRE(answer->journeys_size() == 3);
  CHECK(answer->journeys(0).classes(0).free() == 10);  // the record said so
  CHECK(rpc::FromWire(answer->available_as_of()).value() <
        served.subject.clock.Now() - absl::Hours(23));
}

TEST_CASE("windows and runs are answered with their freshness", "[slot][rpc][search][R-11][R-12]") {
  Served served;
  v1::SearchWindowsRequest request;
  request.set_station("At A");
  request.set_class_code("exit-card");
  *request.mutable_date() = rpc::ToWire(kDay);
  const auto open = served.Ask(&Stub::async_interface::SearchWindows, request);
  REQUIRE(open.ok());
  REQUIRE(open->windows_size() == 1);
  CHECK(open->windows(0).availability().free() == 2);
  CHECK(open->windows(0).availability().state() == v1::Run::Class::STATE_ON_SALE);
  CHECK(rpc::FromWire(open->available_as_of()).value() == served.subject.clock.Now());
  const std::string run = open->windows(0).run().substr(5);
  served.subject.Take(run, "exit-card", {0, 1}, 2);
  served.subject.CatchUp();
  const auto full = served.Ask(&Stub::async_interface::SearchWindows, request);
  REQUIRE(full.ok());
  CHECK(full->sold_out());
  CHECK(full->windows(0).availability().waitlist());
  CHECK(full->alternatives_size() == 4);
  request.set_station("Nowhere");
  CHECK(ReasonOf(served.Ask(&Stub::async_interface::SearchWindows, request).status()) ==
        "PLACE_UNKNOWN");
  v1::GetRunRequest get;
  get.set_name("runs/" + run);
  const auto found = served.Ask(&Stub::async_interface::GetRun, get);
  REQUIRE(found.ok());
  CHECK(found->classes(0).free() == 0);
  CHECK(found->has_available_as_of());
}

}  // namespace houbu::slot
