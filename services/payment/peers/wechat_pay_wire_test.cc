#include "services/payment/peers/wechat_pay_wire.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/str_replace.h"
#include <catch2/catch.hpp>

#include "services/payment/peers/wechat_pay_platform.h"
#include "services/payment/peers/wechat_pay_signing.h"

namespace houbu::payment {
namespace {

const WechatPayMerchant kMerchant{"wx1", "1900000109"};
constexpr char kPayment[] = "py-01890a5dac967774bcceb302099a8057";
constexpr char kNumber[] = "py_abreff3lewo52lztvtaiezvacx";

constexpr char kOrder[] =
    R"({"appid":"wx1","mchid":"1900000109","out_trade_no":"py_abreff3lewo52lztvtaiezvacx",)"
    R"("transaction_id":"4200001","trade_state":"SUCCESS",)"
    R"("success_time":"2026-11-21T12:00:00+08:00","amount":{"total":2000,"currency":"CNY"}})";
constexpr char kRefund[] =
    R"({"refund_id":"50300","out_refund_no":"rf-1","transaction_id":"4200001",)"
    R"("out_trade_no":"py_abreff3lewo52lztvtaiezvacx","status":"SUCCESS",)"
    R"("success_time":"2026-11-21T13:00:00+08:00",)"
    R"("amount":{"total":2000,"refund":1800,"currency":"CNY"}})";

std::string With(const char* text, const std::string& what, const std::string& by) {
  std::string changed = text;
  REQUIRE(absl::StrReplaceAll({{what, by}}, &changed) > 0);
  return changed;
}

OrderFact::State OrderStateOf(const std::string& state) {
  const auto order = ReadWechatPayOrder(kMerchant, With(kOrder, "SUCCESS", state));
  REQUIRE(order.ok());
  return order->fact.state;
}

RefundFact::State RefundStateOf(const std::string& state) {
  const auto refund = ReadWechatPayRefund(With(kRefund, "SUCCESS", state));
  REQUIRE(refund.ok());
  return refund->fact.state;
}

// The sample answer of the documentation, with the key that signed it.
constexpr char kSampleKey[] =
    "-----BEGIN PUBLIC KEY-----\n"
    "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwXNI6sdlknHBnK8Fu2U6\n"
    "Cwor9qY747jP8KAfeBMeveEt1TqaHkLfaSD07trZLhGpfs8/AHqjhgSMO1O10YQW\n"
    "OrrJ4hjIWPKqxbgrYMkBQc+mwdiWp4W3ByCqxBRagCveCXRWCmuJYovl9H/bsDI0\n"
    "iGbpVtEOghJtfciisYSgxcLufUDTRkvwxjIBK1pCRjk33jJ5YTBWTHMRtMAOcFLN\n"
    "F6hdEYdX8SPsgHHeLZ5Lv2T/686w1xtgCHef/sd4uSfWmyzsalQdHG/e4IyYmrhx\n"
    "+O3VBoNDzE3nx23bFeV/RVNCG7cV6VhmYokJNHa/erIPkEmEFID6A5wQOXuxUkmJ\n"
    "WwIDAQAB\n"
    "-----END PUBLIC KEY-----\n";
constexpr char kSampleSignature[] =
    "mfI1CPqvBrgcXfgXMFjdNIhBf27ACE2YyeWsWV9ZI7T7RU0vHvbQpu9Z32ogzc+k8ZC5n3kz7h70eWKjgqNdKQF0eRp8"
    "mVKlmfzMLBVHbssB9jEZEDXThOX1XFqX7s7ymia1hoHQxQagPGzkdWxtlZPZ4ZPvr1RiqkgAu6Is8MZgXXrRoBKqjmSd"
    "rP1N7uxzJ/cjfSiis9FiLjuADoqmQ1P7p2N876YPAol7Rn0+GswwAwxldbdLrmVSjfytfSBJFqTMHn4itojgxSWWN1by"
    "uckQt8hSTEv/Lg97QoeGniYP17T80pJeQyL3b+295FPHSO2AtvCgyIbKMZ0BALilAA==";

TEST_CASE("The sample answer of WeChat Pay's documentation is proven, its changes are not",
          "[payment][peers][wechat_pay]") {
  std::map<std::string, secrets::RsaVerifier> keys;
  keys.emplace("PUB_KEY_ID_1", *secrets::RsaVerifier::FromPem(kSampleKey));
  const WechatPayKeys known(std::move(keys));
  const absl::Time now = absl::FromUnixSeconds(1'722'850'421);
  const std::string body = R"({"code_url":"weixin://wxpay/bizpayurl?pr=JyC91EIz1"})";
  WechatPaySigned message;
  message.timestamp = "1722850421";
  message.nonce = "d824f2e086d3c1df967785d13fcd22ef";
  message.serial = "PUB_KEY_ID_1";
  message.signature = kSampleSignature;
  message.body = body;
  CHECK(known.Verify(message, now).ok());
  CHECK(*ReadCodeUrl(body) == "weixin://wxpay/bizpayurl?pr=JyC91EIz1");
  CHECK(ReasonOf(known.Verify(message, now + absl::Minutes(5))) == "STALE");
  const std::string other_body = R"({"code_url": "weixin://wxpay/bizpayurl?pr=JyC91EIz1"})";
  message.body = other_body;
  CHECK(ReasonOf(known.Verify(message, now)) == "FORGED");
}

TEST_CASE("A request is signed over method, target, time, nonce and body",
          "[payment][peers][wechat_pay]") {
  const TestKeyPair merchant;
  const WechatPayRequest request{"POST", "/v3/pay/transactions/native?a=1", R"({"a":1})"};
  const WechatPayIdentity identity{"1900000109", "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"};
  const std::string authorization = *WechatPayAuthorization(merchant.signer(), identity, request,
                                                            absl::FromUnixSeconds(1'554'208'460));
  const auto field = [&authorization](const std::string& name) {
    const std::size_t begin = authorization.find(name + "=\"") + name.size() + 2;
    return authorization.substr(begin, authorization.find('"', begin) - begin);
  };
  CHECK(authorization.rfind("WECHATPAY2-SHA256-RSA2048 ", 0) == 0);
  CHECK(field("mchid") == "1900000109");
  CHECK(field("serial_no") == "5157F09EFDC096DE15EBE81A47057A7232F1B8E1");
  CHECK(field("timestamp") == "1554208460");
  CHECK(field("nonce_str").size() == 32);
  const std::string text =
      "POST\n/v3/pay/transactions/native?a=1\n1554208460\n" + field("nonce_str") + "\n{\"a\":1}\n";
  CHECK(merchant.verifier().Verifies(text, field("signature")));
}

TEST_CASE("A payment goes by a number that names it and fits", "[payment][peers][wechat_pay]") {
  CHECK(*OutTradeNo(PaymentId(kPayment)) == kNumber);
  for (const char* id :
       {"pm-00000000000000000000000000000000", kPayment, "py-order-1",
        "pm-ffffffffffffffffffffffffffffffff", "waits-0123456789abcdef0123456789abcdef"}) {
    CAPTURE(id);
    const auto number = OutTradeNo(PaymentId(id));
    REQUIRE(number.ok());
    CHECK(number->size() <= 32);
    CHECK(PaymentNumbered(*number)->value() == id);
  }
  for (const char* id : {"py-1", "", "01890a5dac967774bcceb302099a80570"}) {
    CAPTURE(id);
    CHECK(ReasonOf(OutTradeNo(PaymentId(id)).status()) == "ORDER_NUMBER_UNFIT");
  }
  for (const char* number : {"", "12345", "ABCDEF", "a|b*c-d", "py_aabc",
                             "_abreff3lewo52lztvtaiezvacx", "py_iddccbonvew532f4xgqmiczvqc",
                             "py_1234567890123456789012345", "01890a5dac967774bcceb302099a80570"}) {
    CAPTURE(number);
    CHECK(!PaymentNumbered(number).ok());
  }
}

TEST_CASE("Orders and refunds are asked for in fen and in Beijing's time",
          "[payment][peers][wechat_pay]") {
  OrderRequest order;
  order.payment = PaymentId("py-01890a5dac967774bcceb302099a8057");
  order.amount = Fen(2001);
  order.expire_time = absl::FromUnixMillis(1'764'547'200'987);
  const WechatPayDraft draft{kNumber, "车票", "http://n"};
  CHECK(RenderWechatPayOrder(kMerchant, order, draft) ==
        R"({"amount":{"currency":"CNY","total":2001},"appid":"wx1","description":"车票",)"
        R"("mchid":"1900000109","notify_url":"http://n",)"
        R"("out_trade_no":"py_abreff3lewo52lztvtaiezvacx",)"
        R"("time_expire":"2025-12-01T08:00:00+08:00"})");
  order.payer_openid = "oUpF8uMuAJO_M2pxb1Q9zNjWeS6p";
  const std::string for_a_page = RenderWechatPayOrder(kMerchant, order, draft);
  CHECK(for_a_page.find(R"("payer":{"openid":"oUpF8uMuAJO_M2pxb1Q9zNjWeS6p"})") !=
        std::string::npos);
  RefundRequest refund;
  refund.merchant_refund = "rf-1";
  refund.amount = Fen(1800);
  refund.total = Fen(2001);
  CHECK(RenderWechatPayRefund(refund, kNumber, "http://n") ==
        R"({"amount":{"currency":"CNY","refund":1800,"total":2001},"notify_url":"http://n",)"
        R"("out_refund_no":"rf-1","out_trade_no":"py_abreff3lewo52lztvtaiezvacx"})");
}

TEST_CASE("Every state of an order and a refund has one meaning", "[payment][peers][wechat_pay]") {
  CHECK(OrderStateOf("SUCCESS") == OrderFact::State::kPaid);
  CHECK(OrderStateOf("REFUND") == OrderFact::State::kPaid);
  CHECK(OrderStateOf("NOTPAY") == OrderFact::State::kOpen);
  CHECK(OrderStateOf("USERPAYING") == OrderFact::State::kOpen);
  CHECK(OrderStateOf("PAYERROR") == OrderFact::State::kOpen);
  CHECK(OrderStateOf("CLOSED") == OrderFact::State::kClosed);
  CHECK(OrderStateOf("REVOKED") == OrderFact::State::kClosed);
  CHECK(!ReadWechatPayOrder(kMerchant, With(kOrder, "SUCCESS", "ODD")).ok());
  CHECK(RefundStateOf("SUCCESS") == RefundFact::State::kSucceeded);
  CHECK(RefundStateOf("PROCESSING") == RefundFact::State::kProcessing);
  CHECK(RefundStateOf("CLOSED") == RefundFact::State::kFailed);
  CHECK(RefundStateOf("ABNORMAL") == RefundFact::State::kRefused);
  CHECK(!ReadWechatPayRefund(With(kRefund, "SUCCESS", "ODD")).ok());
}

TEST_CASE("Answers of WeChat Pay are read strictly", "[payment][peers][wechat_pay]") {
  REQUIRE(ReadWechatPayOrder(kMerchant, kOrder).ok());
  REQUIRE(ReadWechatPayRefund(kRefund).ok());
  CHECK(ReadWechatPayRefund(kRefund)->fact.amount == Fen(1800));
  CHECK(!ReadWechatPayOrder(kMerchant, With(kOrder, "wx1", "wx2")).ok());
  CHECK(!ReadWechatPayOrder(kMerchant, With(kOrder, ":2000", ":2000.0")).ok());
  CHECK(!ReadWechatPayOrder(kMerchant, With(kOrder, ":2000", ":-1")).ok());
  CHECK(!ReadWechatPayOrder(kMerchant, With(kOrder, ":2000", ":18446744073709551615")).ok());
  CHECK(!ReadWechatPayRefund(With(kRefund, "\"refund\":1800,", "")).ok());
  CHECK(!ReadWechatPayRefund(With(kRefund, "CNY", "USD")).ok());
  for (const char* body :
       {"", "{", "[]", "null", "\xff", R"({"code_url":1})", R"({"code_url":""})"}) {
    CAPTURE(body);
    CHECK(!ReadCodeUrl(body).ok());
    CHECK(!ReadWechatPayOrder(kMerchant, body).ok());
    CHECK(!ReadWechatPayRefund(body).ok());
    CHECK(!ReadSealedNotice(body).ok());
  }
}

TEST_CASE("An error is an outage, a fact or a refusal by its code",
          "[payment][peers][wechat_pay]") {
  const auto meaning = [](int status, const std::string& code) {
    return ReadWechatPayError(status, R"({"code":")" + code + R"(","message":"x"})");
  };
  CHECK(meaning(500, "SYSTEM_ERROR") == WechatPayError::kOutage);
  CHECK(meaning(400, "SYSTEMERROR") == WechatPayError::kOutage);
  CHECK(meaning(429, "FREQUENCY_LIMITED") == WechatPayError::kOutage);
  CHECK(meaning(403, "RATELIMIT_EXCEEDED") == WechatPayError::kOutage);
  CHECK(meaning(401, "SIGN_ERROR") == WechatPayError::kOutage);
  CHECK(meaning(403, "NOT_ENOUGH") == WechatPayError::kOutage);
  CHECK(meaning(403, "NO_AUTH") == WechatPayError::kOutage);
  CHECK(meaning(404, "ORDER_NOT_EXIST") == WechatPayError::kMissing);
  CHECK(meaning(404, "ORDERNOTEXIST") == WechatPayError::kMissing);
  CHECK(meaning(404, "RESOURCE_NOT_EXISTS") == WechatPayError::kMissing);
  CHECK(meaning(400, "ORDER_PAID") == WechatPayError::kPaid);
  CHECK(meaning(400, "ORDERPAID") == WechatPayError::kPaid);
  CHECK(meaning(400, "ORDER_CLOSED") == WechatPayError::kClosed);
  CHECK(meaning(403, "OUT_TRADE_NO_USED") == WechatPayError::kTaken);
  CHECK(meaning(400, "PARAM_ERROR") == WechatPayError::kRefused);
  CHECK(meaning(400, "INVALID_REQUEST") == WechatPayError::kRefused);
  CHECK(meaning(403, "USER_ACCOUNT_ABNORMAL") == WechatPayError::kRefused);
  CHECK(meaning(500, "OPENID_MISMATCH") == WechatPayError::kPayer);
  CHECK(meaning(400, "NEVER_SEEN") == WechatPayError::kOther);
  CHECK(ReadWechatPayError(404, "<html>") == WechatPayError::kOther);
  CHECK(ReadWechatPayError(502, "<html>") == WechatPayError::kOutage);
  CHECK(ReadWechatPayCode("<html>").empty());
}

TEST_CASE("Who asks too often is told so in several words", "[payment][wechat_pay][provider]") {
  CHECK(SaysTooFast(429, "<html>"));
  CHECK(SaysTooFast(429, R"({"code": "FREQUENCY_LIMITED"})"));
  CHECK(SaysTooFast(403, R"({"code": "RATELIMIT_EXCEEDED"})"));
  CHECK(SaysTooFast(400, R"({"code": "FREQUENCY_LIMIT_EXCEED"})"));
  CHECK(!SaysTooFast(500, R"({"code": "SYSTEM_ERROR"})"));
}

}  // namespace
}  // namespace houbu::payment
