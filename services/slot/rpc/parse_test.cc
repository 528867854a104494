#include "services/slot/rpc/parse.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::slot {
namespace {

std::vector<std::string> FieldsOf(const Violations& violations) {
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    fields.push_back(violation.field);
  }
  return fields;
}

}  // namespace

TEST_CASE("everything that is wrong with a booking is told at once", "[slot][parse][R-16]") {
  v1::CreateBookingRequest request;
  request.set_run("trains/g1");
  request.set_from(std::string(65, 'x'));
  request.set_destination_country("China");
  Violations violations;
  ParseBookingWish(violations, request);
  CHECK(FieldsOf(violations) == std::vector<std::string>{"run", "class_code", "from", "to",
                                                         "statement", "destination_country"});
}

TEST_CASE("a booking that is asked for properly is read as it is", "[slot][parse]") {
  v1::CreateBookingRequest request;
  request.set_run("runs/g1-20261201");
  request.set_class_code("second");
  request.set_from("VNP");
  request.set_to("AOH");
  request.mutable_statement()->set_key_id("k");
  request.mutable_statement()->set_payload("p");
  request.mutable_statement()->set_signature("s");
  Violations violations;
  const BookingWish wish = ParseBookingWish(violations, request);
  CHECK(violations.empty());
  CHECK(wish.run.value() == "g1-20261201");
  CHECK(wish.from == "VNP");
  CHECK(wish.statement.payload == "p");
}

TEST_CASE("everything that is wrong with a demand is told at once", "[slot][parse]") {
  v1::EnlistDemandRequest request;
  request.set_demand_id("-");
  request.add_travellers();
  Violations violations;
  ParseEnlistment(violations, request);
  CHECK(FieldsOf(violations) == std::vector<std::string>{"demand_id", "order", "spec",
                                                         "travellers[0].traveller_key", "account",
                                                         "payment", "effective_time"});
}

TEST_CASE("who asks why a demand waits names it properly", "[slot][parse][X-17]") {
  for (const char* name : {"", "dm-1", "demands/", "orders/dm-1", "demands/dm-1/legs/2"}) {
    INFO(name);
    Violations violations;
    ParseDemandName(violations, "name", name);
    CHECK(FieldsOf(violations) == std::vector<std::string>{"name"});
  }
  Violations none;
  CHECK(ParseDemandName(none, "name", "demands/dm-1").value() == "dm-1");
  CHECK(none.empty());
}

TEST_CASE("a list's filter is checked whole", "[slot][parse][R-02]") {
  v1::ListBookingsRequest request;
  request.set_parent("accounts/");
  request.set_state(static_cast<v1::Booking::State>(99));
  request.mutable_from_date()->set_month(13);
  request.set_page_size(-1);
  Violations violations;
  ParseFilter(violations, request);
  CHECK(FieldsOf(violations) ==
        std::vector<std::string>{"parent", "state", "from_date", "page_size"});
  request.Clear();
  request.set_parent("accounts/ac-1");
  request.set_state(v1::Booking::STATE_PENDING_PAYMENT);
  request.set_page_size(1000);
  Violations none;
  const BookingFilter filter = ParseFilter(none, request);
  CHECK(none.empty());
  CHECK(filter.state == BookingState::kPendingPayment);
  CHECK(filter.limit == 200);
}

}  // namespace houbu::slot
