#include "services/payment/rpc/parse.h"

#include <limits>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

std::vector<std::string> FieldsOf(const Violations& violations) {
  std::vector<std::string> fields;
  for (const Violation& violation : ViolationsOf(violations.ToStatus())) {
    fields.push_back(violation.field);
  }
  return fields;
}

TEST_CASE("Everything wrong with the facts of a fee is heard at once", "[payment][rpc]") {
  Violations violations;
  v1::FareFacts facts;
  facts.mutable_fare()->set_currency_code("yuan");
  facts.set_tickets(10);
  ParseFareFacts(violations, "fare_facts", facts);
  CHECK(FieldsOf(violations) ==
        std::vector<std::string>{"fare_facts.product", "fare_facts.fare.currency_code",
                                 "fare_facts.tickets", "fare_facts.departure_time",
                                 "fare_facts.cancel_time"});
}

TEST_CASE("A payer is named by an openid, and only where there is one", "[payment][rpc]") {
  struct Row {
    Channel channel;
    std::string openid;
    std::vector<std::string> fields;
  };
  const std::vector<Row> rows = {
      {Channel::kSandbox, "", {}},
      {Channel::kWechatPay, "", {}},
      {Channel::kWechatPay, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6-", {}},
      {Channel::kWechatPay, std::string(128, 'o'), {}},
      {Channel::kWechatPay, std::string(129, 'o'), {"payer_openid"}},
      {Channel::kWechatPay, "o p", {"payer_openid"}},
      {Channel::kWechatPay, "o\n", {"payer_openid"}},
      {Channel::kAlipay, "oUpF8uMuAJO", {"payer_openid"}},
      {Channel::kSandbox, "o p", {"payer_openid", "payer_openid"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.openid);
    Violations violations;
    const Payer payer = ParsePayer(violations, row.channel, PaymentId("py-1"), row.openid);
    CHECK(FieldsOf(violations) == row.fields);
    CHECK(payer.openid == row.openid);
    CHECK(payer.digest.empty() == row.openid.empty());
  }
  Violations violations;
  const auto digest = [&violations](const char* payment, const char* openid) {
    return ParsePayer(violations, Channel::kWechatPay, PaymentId(payment), openid).digest;
  };
  CHECK(digest("py-1", "o1") == digest("py-1", "o1"));
  CHECK(digest("py-1", "o1") != digest("py-1", "o2"));
  CHECK(digest("py-1", "o1") != digest("py-2", "o1"));
}

TEST_CASE("Sound facts of a fee are read as they are", "[payment][rpc]") {
  Violations violations;
  v1::FareFacts facts;
  facts.set_product(v1::PRODUCT_APPOINTMENT);
  facts.mutable_fare()->set_currency_code("CNY");
  facts.mutable_fare()->set_minor_units(2000);
  facts.set_tickets(2);
  facts.mutable_departure_time()->set_seconds(1'796'083'200);
  facts.mutable_cancel_time()->set_seconds(1'796'000'000);
  facts.set_changed_into_spring_festival(true);
  const FareFacts parsed = ParseFareFacts(violations, "fare_facts", facts);
  CHECK(violations.empty());
  CHECK(parsed.product == Product::kAppointment);
  CHECK(parsed.fare == Fen(2000));
  CHECK(parsed.tickets == 2);
  CHECK(parsed.departure_time == absl::FromUnixSeconds(1'796'083'200));
  CHECK(parsed.changed_into_spring_festival);
}

TEST_CASE("A fare is renminbi, more than zero and within reason", "[payment][rpc]") {
  struct Row {
    const char* currency;
    std::int64_t minor_units;
    std::vector<std::string> fields;
  };
  const std::vector<Row> rows = {
      {"CNY", 1, {}},
      {"CNY", kFareMax, {}},
      {"CNY", 0, {"fare.minor_units"}},
      {"CNY", -1, {"fare.minor_units"}},
      {"CNY", kFareMax + 1, {"fare.minor_units"}},
      {"CNY", std::numeric_limits<std::int64_t>::max(), {"fare.minor_units"}},
      {"HKD", 100, {"fare.currency_code"}},
      {"USD", 0, {"fare.currency_code", "fare.minor_units"}},
      {"cny", 100, {"fare.currency_code"}},
      {"", 100, {"fare.currency_code"}},
  };
  for (const Row& row : rows) {
    CAPTURE(row.currency, row.minor_units);
    Violations violations;
    type::v1::Money fare;
    fare.set_currency_code(row.currency);
    fare.set_minor_units(row.minor_units);
    ParseFare(violations, "fare", true, fare);
    CHECK(FieldsOf(violations) == row.fields);
  }
  Violations violations;
  ParseFare(violations, "fare", false, type::v1::Money());
  CHECK(FieldsOf(violations) == std::vector<std::string>{"fare"});
}

TEST_CASE("Everything wrong with the facts of a change is heard at once", "[payment][rpc]") {
  Violations violations;
  v1::ChangeFacts facts;
  facts.mutable_fare()->set_currency_code("CNY");
  ParseChangeFacts(violations, "change_facts", facts);
  CHECK(FieldsOf(violations) ==
        std::vector<std::string>{"change_facts.fare.minor_units", "change_facts.new_fare",
                                 "change_facts.tickets", "change_facts.departure_time",
                                 "change_facts.new_departure_time", "change_facts.change_time"});
}

TEST_CASE("Travel days of a change are Beijing's", "[payment][rpc][X-14]") {
  Violations violations;
  v1::ChangeFacts facts;
  facts.mutable_departure_time()->set_seconds(1'796'054'399);      // 23:59:59 on 30 November
  facts.mutable_new_departure_time()->set_seconds(1'796'054'400);  // midnight
  const ChangeFacts parsed = ParseChangeFacts(violations, "change_facts", facts);
  CHECK(parsed.travel_day == absl::CivilDay(2026, 11, 30));
  CHECK(parsed.new_travel_day == absl::CivilDay(2026, 12, 1));
}

TEST_CASE("A quote is of a payment or of a profile", "[payment][rpc]") {
  Violations violations;
  CHECK(!ParseQuoted(violations, "", "seed").has_value());
  CHECK(ParseQuoted(violations, "payments/py-1", "")->value() == "py-1");
  CHECK(violations.empty());
  ParseQuoted(violations, "payments/py-1", "seed");
  CHECK(FieldsOf(violations) == std::vector<std::string>{"profile"});
}

TEST_CASE("Unknown enums and names are refused by their field", "[payment][rpc]") {
  Violations violations;
  ParsePaymentName(violations, "name", "payments/../x");
  ParsePaymentName(violations, "name", "bookings/bk-1");
  ParseChannel(violations, "channel", static_cast<v1::Channel>(99));
  ParseReason(violations, "reason", v1::REFUND_REASON_UNSPECIFIED);
  CHECK(FieldsOf(violations) == std::vector<std::string>{"name", "name", "channel", "reason"});
}

TEST_CASE("Who asks is who the seam identified", "[payment][rpc]") {
  rpc::Caller caller;
  caller.kind = rpc::Caller::Kind::kService;
  caller.service = "slot";
  CHECK(ViewerOf(caller).name == "slot");
  CHECK(ViewerOf(caller).kind == Viewer::Kind::kService);
  caller.kind = rpc::Caller::Kind::kAccount;
  caller.account = "accounts/ac-1";
  CHECK(ViewerOf(caller).name == "accounts/ac-1");
  caller.kind = rpc::Caller::Kind::kPublic;
  caller.account.clear();
  CHECK(ViewerOf(caller).kind == Viewer::Kind::kAccount);
}

TEST_CASE("A batch is a collection and an id", "[payment][rpc]") {
  for (const std::string good : {"runs/rn-1", "a/b", "windows/W_1"}) {
    Violations violations;
    CHECK(ParseBatch(violations, "batch", good) == good);
    CHECK(violations.ToStatus().ok());
  }
  for (const std::string bad :
       {"", "runs", "/", "runs/", "/rn-1", "a/b/c", "runs/rn 1", "runs/\u8f66", "runs/rn-1\n"}) {
    CAPTURE(bad);
    Violations violations;
    CHECK(ParseBatch(violations, "batch", bad).empty());
    CHECK(!violations.ToStatus().ok());
  }
  Violations violations;
  ParseBatch(violations, "batch", "runs/" + std::string(96, 'x'));
  CHECK(!violations.ToStatus().ok());
}

}  // namespace
}  // namespace houbu::payment
