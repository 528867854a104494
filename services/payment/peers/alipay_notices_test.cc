#include "services/payment/peers/alipay_notices.h"

#include <openssl/evp.h>
#include <openssl/pem.h>

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/peers/alipay_wire.h"

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'764'547'200);

std::string TextIn(BIO* sink) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(sink, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free_all(sink);
  return text;
}

// A key pair of one who signs callbacks.
struct Pair {
  std::string secret;
  std::string open;

  static Pair Make() {
    EVP_PKEY* const key = EVP_RSA_gen(2048);
    REQUIRE(key != nullptr);
    BIO* const secret = BIO_new(BIO_s_mem());
    BIO* const open = BIO_new(BIO_s_mem());
    PEM_write_bio_PrivateKey(secret, key, nullptr, nullptr, 0, nullptr, nullptr);
    PEM_write_bio_PUBKEY(open, key);
    EVP_PKEY_free(key);
    return {TextIn(secret), TextIn(open)};
  }
};

const Pair& Alipay() {
  static const Pair pair = Pair::Make();
  return pair;
}

AlipayFields Paid() {
  return {
      {"notify_time", "2025-12-01 08:00:00"},
      {"notify_type", "trade_status_sync"},
      {"notify_id", "ac05099524730693a8b330c45cece72da9"},
      {"app_id", "2021000000000001"},
      {"charset", "utf-8"},
      {"version", "1.0"},
      {"trade_no", "2025120122001400000000000001"},
      {"out_trade_no", "py_1"},
      {"buyer_id", "2088000000000000"},
      {"seller_id", "2088000000000001"},
      {"trade_status", "TRADE_SUCCESS"},
      {"total_amount", "20.00"},
      {"subject", "50% + %41 车票"},
      {"gmt_payment", "2025-12-01 07:59:58"},
      {"fund_bill_list", R"([{"amount":"20.00","fundChannel":"ALIPAYACCOUNT"}])"},
  };
}

AlipayFields Changed(const std::string& name, const std::string& value) {
  AlipayFields fields = Paid();
  fields[name] = value;
  return fields;
}

std::string Sign(const AlipayFields& fields, const Pair& pair = Alipay()) {
  const auto signer = secrets::RsaSigner::FromPem(pair.secret);
  REQUIRE(signer.ok());
  return *signer->Sign(SignedTextOfNotice(fields));
}

SignedNotice Posted(const std::string& body) {
  SignedNotice notice;
  notice.body = body;
  return notice;
}

SignedNotice Signed(AlipayFields fields, const Pair& pair = Alipay()) {
  const std::string sign = Sign(fields, pair);
  fields["sign_type"] = "RSA2";
  fields["sign"] = sign;
  return Posted(RenderForm(fields));
}

AlipayNotices Reader(const std::vector<std::string>& pems = {Alipay().open}) {
  AlipayKeys keys;
  for (const std::string& pem : pems) keys.push_back(*secrets::RsaVerifier::FromPem(pem));
  AlipayOptions options;
  options.app_id = "2021000000000001";
  options.seller_id = "2088000000000001";
  return AlipayNotices(std::move(keys), options);
}

std::string ReasonFor(const SignedNotice& notice) {
  return std::string(ReasonOf(Reader().Read(notice, kNow).status()));
}

TEST_CASE("A proven callback of Alipay's becomes a fact", "[payment][alipay][callback]") {
  const SignedNotice notice = Signed(Paid());
  const auto paid = Reader().Read(notice, kNow);
  REQUIRE(paid.ok());
  CHECK(paid->payment.value() == "py-1");
  CHECK(paid->order->state == OrderFact::State::kPaid);
  CHECK(paid->order->amount == Fen(2000));
  CHECK(paid->order->provider_order == "2025120122001400000000000001");
  CHECK(paid->order->pay_time == kNow - absl::Seconds(2));
  CHECK(paid->raw.channel == Channel::kAlipay);
  CHECK(paid->raw.body == notice.body);
  CHECK(paid->raw.event_id == "ac05099524730693a8b330c45cece72da9");
  const auto state = [](const std::string& status) {
    return Reader().Read(Signed(Changed("trade_status", status)), kNow)->order->state;
  };
  CHECK(state("WAIT_BUYER_PAY") == OrderFact::State::kOpen);
  CHECK(state("TRADE_FINISHED") == OrderFact::State::kPaid);
  CHECK(state("TRADE_CLOSED") == OrderFact::State::kClosed);
}

TEST_CASE("What comes again at another time is no replay, byte for byte it is",
          "[payment][alipay][callback][X-07]") {
  const std::string nonce = Reader().Read(Signed(Paid()), kNow)->raw.nonce;
  CHECK(Reader().Read(Signed(Paid()), kNow)->raw.nonce == nonce);
  const auto later = Reader().Read(Signed(Changed("notify_time", "2025-12-01 08:04:00")), kNow);
  CHECK(later->raw.nonce != nonce);
}

TEST_CASE("A callback is proven by one key of Alipay's, whichever", "[payment][alipay][callback]") {
  const Pair next = Pair::Make();
  const AlipayNotices both = Reader({Alipay().open, next.open});
  CHECK(both.Read(Signed(Paid()), kNow).ok());
  CHECK(both.Read(Signed(Paid(), next), kNow).ok());
  CHECK(ReasonFor(Signed(Paid(), next)) == "FORGED");
}

TEST_CASE("A callback of Alipay's that is not proven, or not ours, is not read",
          "[payment][alipay][callback][X-07]") {
  CHECK(ReasonFor(Signed(Paid())).empty());
  const std::string good = Signed(Paid()).body;
  const auto with = [&good](const std::string& from, const std::string& to) {
    const std::size_t at = good.find(from);
    REQUIRE(at != std::string::npos);
    return Posted(std::string(good).replace(at, from.size(), to));
  };
  CHECK(ReasonFor(Posted(RenderForm(Paid()))) == "UNSIGNED");
  CHECK(ReasonFor(with("sign_type=RSA2", "sign_type=RSA")) == "UNSIGNED");
  CHECK(ReasonFor(with("sign_type=RSA2", "sign_type=")) == "UNSIGNED");
  CHECK(ReasonFor(with("&sign_type=RSA2", "")) == "UNSIGNED");
  CHECK(ReasonFor(with("total_amount=20.00", "total_amount=20.01")) == "FORGED");
  CHECK(ReasonFor(with("out_trade_no=py_1", "out_trade_no=py_2")) == "FORGED");
  CHECK(ReasonFor(with("notify_time=", "notify_Time=")) == "FORGED");
  CHECK(ReasonFor(Posted(good + "&more=1")) == "FORGED");
  CHECK(ReasonFor(Posted(good + "&total_amount=20.00")) == "MALFORMED");
  CHECK(!ReasonFor(Posted(good.substr(0, good.size() / 2))).empty());
  CHECK(ReasonFor(Posted(R"({"out_trade_no":"py_1"})")) == "MALFORMED");
  CHECK(ReasonFor(Posted("")) == "MALFORMED");
  CHECK(ReasonFor(Signed(Changed("app_id", "2021000000000002"))) == "FOREIGN");
  CHECK(ReasonFor(Signed(Changed("seller_id", "2088000000000002"))) == "FOREIGN");
}

TEST_CASE("Values are taken from the form once: decoded again they prove nothing",
          "[payment][alipay][callback]") {
  AlipayFields twice = Paid();
  twice["subject"] = "50% + A 车票";  // What a second decoding would have made of it.
  AlipayFields fields = Paid();
  fields["sign"] = Sign(twice);
  fields["sign_type"] = "RSA2";
  CHECK(ReasonFor(Posted(RenderForm(fields))) == "FORGED");
}

TEST_CASE("A proven callback of Alipay's that makes no sense is refused, never a crash",
          "[payment][alipay][callback]") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"trade_status", "TRADE_ODD"}, {"trade_status", ""},  {"total_amount", "20.001"},
      {"total_amount", "-1.00"},     {"out_trade_no", "P"}, {"out_trade_no", ""},
      {"trade_no", "../x"},          {"trade_no", ""},      {"notify_id", ""},
      {"notify_time", "now"},        {"gmt_payment", ""},   {"notify_id", std::string(200, 'a')},
  };
  for (const auto& [name, value] : changes) {
    CAPTURE(name, value);
    CHECK(ReasonFor(Signed(Changed(name, value))) == "MALFORMED");
  }
}

TEST_CASE("Alipay is told success or failure and nothing else", "[payment][alipay][callback]") {
  CHECK(Reader().Answer(200, "ACCEPTED").body == "success");
  for (const int status : {400, 401, 404, 409, 413, 503}) {
    CHECK(Reader().Answer(status, "X").body == "failure");
    CHECK(Reader().Answer(status, "X").status == status);
  }
}

}  // namespace
}  // namespace houbu::payment
