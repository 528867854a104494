#include "services/payment/peers/wechat_pay_notices.h"

#include <string>
#include <vector>

#include "absl/strings/str_replace.h"
#include <catch2/catch.hpp>

#include "services/payment/peers/wechat_pay_platform.h"

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'764'547'200);

constexpr char kTransaction[] =
    R"({"appid":"wx1","mchid":"1900000109","out_trade_no":"py_abreff3lewo52lztvtaiezvacx",)"
    R"("transaction_id":"4200001","trade_state":"SUCCESS","trade_type":"NATIVE",)"
    R"("success_time":"2026-11-21T12:00:00+08:00","payer":{"openid":"o1"},)"
    R"("amount":{"total":2000,"payer_total":2000,"currency":"CNY","payer_currency":"CNY"}})";
constexpr char kRefund[] =
    R"({"mchid":"1900000109","out_trade_no":"py_abreff3lewo52lztvtaiezvacx",)"
    R"("transaction_id":"4200001","out_refund_no":"rf-1","refund_id":"50300",)"
    R"("refund_status":"SUCCESS","success_time":"2026-11-21T13:00:00+08:00",)"
    R"("amount":{"total":2000,"refund":1800,"payer_total":2000,"payer_refund":1800}})";
constexpr char kPayment[] = "py-01890a5dac967774bcceb302099a8057";

// Keys take long to make: one platform for all cases.
const TestPlatform& Platform() {
  static const TestPlatform platform;
  return platform;
}

struct Reading {
  WechatPayKeys keys = Platform().Known();
  WechatPayNotices reader{keys, TestPlatform::api_v3_key(), WechatPayMerchant{"wx1", "1900000109"}};

  absl::StatusOr<ProvenNotice> Read(const SignedNotice& notice) const {
    return reader.Read(notice, kNow);
  }
  std::string ReasonFor(const SignedNotice& notice) const {
    return std::string(ReasonOf(Read(notice).status()));
  }
};

SignedNotice Signed(const std::string& body, absl::Time time = kNow,
                    const std::string& serial = TestPlatform::certificate()) {
  SignedNotice notice;
  notice.body = body;
  notice.headers = Platform().Headers(body, time, serial);
  return notice;
}

std::string Paid(const std::string& content = kTransaction) {
  return TestPlatform::Sealed("TRANSACTION.SUCCESS", "transaction", content);
}

std::string Refunded(const std::string& content = kRefund) {
  return TestPlatform::Sealed("REFUND.SUCCESS", "refund", content);
}

TEST_CASE("A proven notice of WeChat Pay becomes a fact", "[payment][peers][wechat_pay]") {
  const Reading reading;
  const SignedNotice notice = Signed(Paid());
  const auto paid = reading.Read(notice);
  REQUIRE(paid.ok());
  CHECK(paid->payment.value() == kPayment);
  CHECK(paid->order->state == OrderFact::State::kPaid);
  CHECK(paid->order->amount == Fen(2000));
  CHECK(paid->order->provider_order == "4200001");
  CHECK(paid->order->pay_time ==
        absl::FromCivil(absl::CivilSecond(2026, 11, 21, 4, 0, 0), absl::UTCTimeZone()));
  CHECK(paid->raw.channel == Channel::kWechatPay);
  CHECK(paid->raw.body == notice.body);
  CHECK(paid->raw.event_id == "EV-1");
  CHECK(paid->raw.kind == "TRANSACTION.SUCCESS");
  CHECK(paid->raw.subject == kPayment);
  const auto refunded = reading.Read(Signed(Refunded()));
  REQUIRE(refunded.ok());
  CHECK(refunded->payment.value() == kPayment);
  CHECK(refunded->refund->state == RefundFact::State::kSucceeded);
  CHECK(refunded->refund->merchant_refund == "rf-1");
  CHECK(refunded->refund->amount == Fen(1800));
  CHECK(refunded->raw.subject == "rf-1");
}

TEST_CASE("Certificate and public key of WeChat Pay prove side by side",
          "[payment][peers][wechat_pay][X-07]") {
  const Reading reading;
  CHECK(reading.ReasonFor(Signed(Paid(), kNow, TestPlatform::certificate())).empty());
  CHECK(reading.ReasonFor(Signed(Paid(), kNow, TestPlatform::public_key())).empty());
  CHECK(reading.ReasonFor(Signed(Paid(), kNow, "PUB_KEY_ID_0")) == "KEY_UNKNOWN");
  SignedNotice swapped = Signed(Paid());
  swapped.headers["wechatpay-serial"] = TestPlatform::public_key();
  CHECK(reading.ReasonFor(swapped) == "FORGED");
  CHECK(reading.keys.PreferredSerial() == TestPlatform::public_key());
}

TEST_CASE("What WeChat Pay has not signed is not read", "[payment][peers][wechat_pay][X-07]") {
  const Reading reading;
  for (const char* name :
       {"wechatpay-timestamp", "wechatpay-nonce", "wechatpay-serial", "wechatpay-signature"}) {
    CAPTURE(name);
    SignedNotice bare = Signed(Paid());
    bare.headers.erase(name);
    CHECK(reading.ReasonFor(bare) == "UNSIGNED");
  }
  for (const char* moment : {"now", "-1", "1764547200 ", "9999999999999"}) {
    CAPTURE(moment);
    SignedNotice odd = Signed(Paid());
    odd.headers["wechatpay-timestamp"] = moment;
    CHECK(reading.ReasonFor(odd) == "UNSIGNED");
  }
  SignedNotice other_time = Signed(Paid());
  other_time.headers["wechatpay-timestamp"] = "1764547201";
  CHECK(reading.ReasonFor(other_time) == "FORGED");
  SignedNotice other_nonce = Signed(Paid());
  other_nonce.headers["wechatpay-nonce"] = "d824f2e086d3c1df967785d13fcd22e0";
  CHECK(reading.ReasonFor(other_nonce) == "FORGED");
  SignedNotice probe = Signed(Paid());
  probe.headers["wechatpay-signature"].insert(0, "WECHATPAY/SIGNTEST/");
  CHECK(reading.ReasonFor(probe) == "FORGED");
  SignedNotice other_kind = Signed(Paid());
  other_kind.headers["wechatpay-signature-type"] = "WECHATPAY2-SM2-WITH-SM3";
  CHECK(reading.ReasonFor(other_kind) == "FORGED");
}

TEST_CASE("A notice written anew with the same meaning is not the one that was signed",
          "[payment][peers][wechat_pay][X-07]") {
  const Reading reading;
  SignedNotice spaced = Signed(Paid());
  spaced.body = absl::StrReplaceAll(spaced.body, {{"\":\"", "\": \""}});
  CHECK(reading.ReasonFor(spaced) == "FORGED");
  SignedNotice cut = Signed(Paid());
  cut.body.pop_back();
  CHECK(reading.ReasonFor(cut) == "FORGED");
  SignedNotice swapped = Signed(Paid());
  swapped.body = Refunded();
  CHECK(reading.ReasonFor(swapped) == "FORGED");
}

TEST_CASE("A notice of WeChat Pay is stale from five minutes on, either way",
          "[payment][peers][wechat_pay][X-07]") {
  const Reading reading;
  const absl::Duration window = absl::Minutes(5);
  const absl::Duration second = absl::Seconds(1);
  CHECK(reading.ReasonFor(Signed(Paid(), kNow - window + second)).empty());
  CHECK(reading.ReasonFor(Signed(Paid(), kNow - window)) == "STALE");
  CHECK(reading.ReasonFor(Signed(Paid(), kNow + window - second)).empty());
  CHECK(reading.ReasonFor(Signed(Paid(), kNow + window)) == "STALE");
}

TEST_CASE("Content that our key does not open is not believed, however well signed",
          "[payment][peers][wechat_pay][X-07]") {
  const Reading reading;
  std::string other_nonce = Paid();
  absl::StrReplaceAll({{"012345678901", "012345678902"}}, &other_nonce);
  CHECK(reading.ReasonFor(Signed(other_nonce)) == "SEALED");
  std::string other_associated = Paid();
  absl::StrReplaceAll({{R"("associated_data":"transaction")", R"("associated_data":"refund")"}},
                      &other_associated);
  CHECK(reading.ReasonFor(Signed(other_associated)) == "SEALED");
  const WechatPayNotices other_key(reading.keys, std::string(32, 'x'),
                                   WechatPayMerchant{"wx1", "1900000109"});
  CHECK(ReasonOf(other_key.Read(Signed(Paid()), kNow).status()) == "SEALED");
}

TEST_CASE("A proven notice that is not for us or makes no sense is refused, never a crash",
          "[payment][peers][wechat_pay][X-07]") {
  const Reading reading;
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"\"wx1\"", "\"wx2\""},
      {"1900000109", "1900000110"},
      {"\"CNY\"", "\"USD\""},
      {":2000,\"payer", ":0,\"payer"},
      {":2000,\"payer", ":20.00,\"payer"},
      {":2000,\"payer", ":\"2000\",\"payer"},
      {"\"amount\"", "\"amounts\""},
      {"SUCCESS", "NOTPAY"},
      {"SUCCESS", "PAID"},
      {"py_abreff3lewo52lztvtaiezvacx", "../../etc"},
      {"py_abreff3lewo52lztvtaiezvacx", "01890A5D"},
      {"2026-11-21T12:00:00+08:00", "2026-11-21 12:00:00"},
      {"2026-11-21T12:00:00+08:00", "infinite-future"},
      {"\"transaction_id\":\"4200001\",", ""},
  };
  for (const auto& [what, by] : changes) {
    CAPTURE(what, by);
    std::string content = kTransaction;
    REQUIRE(absl::StrReplaceAll({{what, by}}, &content) > 0);
    CHECK(reading.ReasonFor(Signed(Paid(content))) == "MALFORMED");
  }
  for (const std::string& body : std::vector<std::string>{
           "", "{", "[]", "null", "{}", "\xff\xfe", R"({"id":"e","event_type":"x","resource":1})",
           TestPlatform::Sealed("TRANSACTION.SUCCESS", "refund", kTransaction),
           TestPlatform::Sealed("REFUND.SUCCESS", "transaction", kRefund),
           TestPlatform::Sealed("COUPON.USE", "coupon", "{}"), Paid(""), Paid("{}"),
           Refunded(kTransaction)}) {
    CAPTURE(body);
    CHECK(reading.ReasonFor(Signed(body)) == "MALFORMED");
  }
}

TEST_CASE("WeChat Pay is answered in its own words", "[payment][peers][wechat_pay]") {
  const Reading reading;
  CHECK(reading.reader.Answer(200, "ACCEPTED").status == 200);
  const CallbackAnswer refused = reading.reader.Answer(401, "FORGED");
  CHECK(refused.status == 401);
  CHECK(refused.body == R"({"code":"FAIL","message":"FORGED"})");
}

}  // namespace
}  // namespace houbu::payment
