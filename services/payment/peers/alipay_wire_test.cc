#include "services/payment/peers/alipay_wire.h"

#include <cstdlib>
#include <fstream>
#include <string>
#include <vector>

#include "nlohmann/json.hpp"
#include <catch2/catch.hpp>

namespace houbu::payment {
namespace {

TEST_CASE("The text to sign is the one of the open platform's sample", "[payment][alipay]") {
  const char* const data = std::getenv("HOUBU_TEST_DATA");
  std::ifstream file(std::string(data == nullptr ? "" : data) + "/vectors/payments.json");
  if (!file.good()) {
    WARN("SKIPPED: there is no vectors/payments.json where HOUBU_TEST_DATA points");
    return;
  }
  const nlohmann::json vector = nlohmann::json::parse(file)["alipay"]["presign"];
  AlipayFields fields = vector["params"].get<AlipayFields>();
  fields["sign"] = "not part of it";
  fields["app_auth_token"] = "";
  CHECK(SignedTextOfRequest(fields) == vector["expected"].get<std::string>());
}

TEST_CASE("A form is read once, and what it said twice is not read at all", "[payment][alipay]") {
  const auto fields = ParseForm("b=50%25+off&a=%E7%A5%A8&c=%2541%2B&d=");
  REQUIRE(fields.ok());
  CHECK(fields->at("a") == "票");
  CHECK(fields->at("b") == "50% off");
  CHECK(fields->at("c") == "%41+");
  CHECK(fields->at("d").empty());
  CHECK(SignedTextOfNotice(*fields) == "a=票&b=50% off&c=%41+&d=");
  CHECK(*ParseForm(RenderForm(*fields)) == *fields);
  for (const char* const form : {"", "a", "a=1&a=2", "a=1&%61=2", "=1", "a=%4", "a=%zz", "a=1&"}) {
    CAPTURE(form);
    CHECK(!ParseForm(form).ok());
  }
}

TEST_CASE("Neither the signature nor its kind is part of what a callback signs",
          "[payment][alipay]") {
  const AlipayFields fields = {{"sign", "s"}, {"sign_type", "RSA2"}, {"b", "2"}, {"a", "1"}};
  CHECK(SignedTextOfNotice(fields) == "a=1&b=2");
  CHECK(SignedTextOfRequest(fields) == "a=1&b=2&sign_type=RSA2");
}

TEST_CASE("What an answer signs is cut out byte for byte", "[payment][alipay]") {
  const std::string content =
      R"({"code":"10000", "msg":"a \"sign\":\"}\\","url":"https:\/\/qr","n":[{"x":1}], "e":{}})";
  for (const std::string& body :
       {R"({"alipay_trade_query_response":)" + content + R"(,"sign":"ab+/="})",
        R"({ "sign" : "ab+/=" , "more" : 1.5e3 , "alipay_trade_query_response" : )" + content +
            " }"}) {
    CAPTURE(body);
    const auto cut = CutAnswer(body, "alipay.trade.query");
    REQUIRE(cut.ok());
    CHECK(cut->content == content);
    CHECK(cut->sign == "ab+/=");
    CHECK(!cut->is_error);
  }
  const auto error = CutAnswer(R"({"error_response":{"code":"40002"}})", "alipay.trade.query");
  REQUIRE(error.ok());
  CHECK(error->is_error);
  CHECK(error->sign.empty());
}

TEST_CASE("What is no answer to the question is not read", "[payment][alipay]") {
  const std::vector<std::string> bodies = {
      "",
      "{}",
      "[]",
      "null",
      "<html>",
      "\xff",
      R"({"alipay_trade_close_response":{"code":"10000"},"sign":"a"})",
      R"({"alipay_trade_query_response":"text","sign":"a"})",
      R"({"alipay_trade_query_response":{},"alipay_trade_query_response":{"code":"1"}})",
      R"({"alipay_trade_query_response":{"code":"1"},"sign":"a","sign":"b"})",
      R"({"alipay_trade_query_response":{"code":"1"},"sign":"a")",
      R"({"alipay_trade_query_response":{"code":"1"},"error_response":{"code":"2"}})",
  };
  for (const std::string& body : bodies) {
    CAPTURE(body);
    CHECK(!CutAnswer(body, "alipay.trade.query").ok());
  }
}

TEST_CASE("Yuan become fen exactly or not at all", "[payment][alipay][X-06]") {
  CHECK(*ParseYuan("0.01") == Fen(1));
  CHECK(*ParseYuan("88.88") == Fen(8888));
  CHECK(*ParseYuan("88.8") == Fen(8880));
  CHECK(*ParseYuan("88") == Fen(8800));
  CHECK(*ParseYuan("100000000.00") == Fen(10'000'000'000));
  CHECK(*ParseYuan("999999999999.99") == Fen(99'999'999'999'999));
  for (std::int64_t fen = 0; fen < 100'000; fen += 7) {
    REQUIRE(*ParseYuan(FormatYuan(Fen(fen))) == Fen(fen));
  }
  for (const char* const text : {"", ".", "1.", ".5", "1.005", "-1.00", "+1.00", "1,000.00", " 1",
                                 "1 ", "1e2", "0x1", "1.0.0", "1.-1", "1000000000000.00", "NaN"}) {
    CAPTURE(text);
    CHECK(!ParseYuan(text).ok());
  }
}

TEST_CASE("Times are Beijing's", "[payment][alipay]") {
  const absl::Time time = absl::FromUnixSeconds(1'764'547'200);
  CHECK(FormatBeijing(time) == "2025-12-01 08:00:00");
  CHECK(*ParseBeijing("2025-12-01 08:00:00") == time);
  for (const char* const text : {"", "2025-12-01", "2025-12-01T08:00:00", "2025-13-01 08:00:00",
                                 "2025-02-30 08:00:00", "2025-12-1 08:00:000"}) {
    CAPTURE(text);
    CHECK(!ParseBeijing(text).ok());
  }
}

TEST_CASE("Names go to Alipay and come back", "[payment][alipay]") {
  CHECK(NameAtAlipay("py-01890a5d-2") == "py_01890a5d_2");
  CHECK(PaymentAtAlipay("py_01890a5d")->value() == "py-01890a5d");
  for (const char* const name : {"", "_", "PY_1", "py-1", "../x", "py 1"}) {
    CAPTURE(name);
    CHECK(!PaymentAtAlipay(name).ok());
  }
}

TEST_CASE("A refund's name comes back from Alipay as it was given", "[payment][alipay][wire]") {
  CHECK(RefundAtAlipay(NameAtAlipay("rf-0a1b-2")) == "rf-0a1b-2");
  for (const char* stranger : {"HZ01RF001", "rf-1", "rf", "refund_by_hand", ""}) {
    CHECK(RefundAtAlipay(stranger) == stranger);
  }
}

}  // namespace
}  // namespace houbu::payment
