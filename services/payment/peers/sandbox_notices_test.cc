#include "services/payment/peers/sandbox_notices.h"

#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "services/payment/peers/hmac.h"
#include "services/payment/peers/sandbox_wire.h"

namespace houbu::payment {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'764'547'200);

secrets::Key SharedKey() { return *secrets::Key::FromBytes(std::string(32, '\x0b')); }

constexpr char kPaid[] = R"({"event_id": "ev-1", "type": "ORDER_PAID", "merchant_order": "py-1",)"
                         R"( "provider_order": "po-1", "amount_minor": 2000, "currency": "CNY",)"
                         R"( "paid_at_ms": 1764547260000})";

SignedNotice Signed(const std::string& body, absl::Time time = kNow) {
  SignedNotice notice;
  notice.headers["x-houbu-timestamp"] = std::to_string(absl::ToUnixSeconds(time));
  notice.headers["x-houbu-nonce"] = "n-1";
  notice.body = body;
  SignedParts parts;
  parts.timestamp = notice.headers["x-houbu-timestamp"];
  parts.nonce = notice.headers["x-houbu-nonce"];
  parts.body = notice.body;
  notice.headers["x-houbu-signature"] = SignatureOf(SharedKey(), parts);
  return notice;
}

std::string ReasonFor(const SignedNotice& notice) {
  const SandboxNotices reader(SharedKey());
  return std::string(ReasonOf(reader.Read(notice, kNow).status()));
}

TEST_CASE("The signature is the one of the provider's reference", "[payment][peers]") {
  SignedParts parts;
  parts.timestamp = "1764547200";
  parts.nonce = "n-1";
  parts.body = R"({"a":1})";
  const std::string expected = "bbd798e1c8c12b822e69ac6018ea1d1729c1827502cf76a194742f54398b4848";
  CHECK(SignatureOf(SharedKey(), parts) == expected);
  CHECK(IsSignatureOf(SharedKey(), parts, expected));
  CHECK(!IsSignatureOf(SharedKey(), parts, ""));
  CHECK(NewNonce() != NewNonce());
}

TEST_CASE("A proven callback becomes a fact", "[payment][peers]") {
  const SandboxNotices reader(SharedKey());
  const auto paid = reader.Read(Signed(kPaid), kNow);
  REQUIRE(paid.ok());
  CHECK(paid->payment.value() == "py-1");
  CHECK(paid->order->state == OrderFact::State::kPaid);
  CHECK(paid->order->amount == Fen(2000));
  CHECK(paid->order->pay_time == absl::FromUnixMillis(1764547260000));
  CHECK(paid->raw.body == kPaid);
  CHECK(paid->raw.event_id == "ev-1");
  const auto failed = reader.Read(
      Signed(R"({"event_id": "ev-2", "type": "REFUND_FAILED", "merchant_refund": "rf-1",)"
             R"( "provider_refund": "pr-1", "merchant_order": "py-1", "amount_minor": 5,)"
             R"( "currency": "CNY"})"),
      kNow);
  REQUIRE(failed.ok());
  CHECK(failed->refund->state == RefundFact::State::kFailed);
  CHECK(failed->raw.subject == "rf-1");
}

TEST_CASE("What is not proven is not read", "[payment][peers][X-07]") {
  CHECK(ReasonFor(Signed(kPaid)) == "");
  SignedNotice bare = Signed(kPaid);
  bare.headers.erase("x-houbu-signature");
  CHECK(ReasonFor(bare) == "UNSIGNED");
  SignedNotice odd_nonce = Signed(kPaid);
  odd_nonce.headers["x-houbu-nonce"] = "n 1";
  CHECK(ReasonFor(odd_nonce) == "UNSIGNED");
  SignedNotice odd_time = Signed(kPaid);
  odd_time.headers["x-houbu-timestamp"] = "now";
  CHECK(ReasonFor(odd_time) == "UNSIGNED");
  SignedNotice other_body = Signed(kPaid);
  other_body.body[60] = 'x';
  CHECK(ReasonFor(other_body) == "FORGED");
  SignedNotice other_time = Signed(kPaid);
  other_time.headers["x-houbu-timestamp"] = "1764547201";
  CHECK(ReasonFor(other_time) == "FORGED");
  const absl::Duration window = absl::Minutes(5);
  const absl::Duration second = absl::Seconds(1);
  CHECK(ReasonFor(Signed(kPaid, kNow - window)) == "");
  CHECK(ReasonFor(Signed(kPaid, kNow - window - second)) == "STALE");
  CHECK(ReasonFor(Signed(kPaid, kNow + window)) == "");
  CHECK(ReasonFor(Signed(kPaid, kNow + window + second)) == "STALE");
}

TEST_CASE("A proven callback that makes no sense is refused, never a crash", "[payment][peers]") {
  const std::vector<std::string> bodies = {
      "",
      "{",
      "[]",
      "null",
      "{}",
      "\xff\xfe",
      R"({"event_id": 1})",
      R"({"event_id": "e", "type": "OTHER", "merchant_order": "py-1"})",
      R"({"event_id": "e", "type": "ORDER_PAID", "merchant_order": "../x"})",
      R"({"event_id": "e", "type": "ORDER_PAID", "merchant_order": "py-1"})",
      R"({"event_id": "e", "type": "ORDER_PAID", "merchant_order": "py-1",)"
      R"( "provider_order": "p", "amount_minor": -1, "currency": "CNY", "paid_at_ms": 1})",
      R"({"event_id": "e", "type": "ORDER_PAID", "merchant_order": "py-1",)"
      R"( "provider_order": "p", "amount_minor": 1.5, "currency": "CNY", "paid_at_ms": 1})",
      R"({"event_id": "e", "type": "ORDER_PAID", "merchant_order": "py-1",)"
      R"( "provider_order": "p", "amount_minor": 1, "currency": "yuan", "paid_at_ms": 1})",
      R"({"event_id": "e", "type": "ORDER_PAID", "merchant_order": "py-1",)"
      R"( "provider_order": "p", "amount_minor": 1, "currency": "CNY", "paid_at_ms": 1e300})",
  };
  for (const std::string& body : bodies) {
    CAPTURE(body);
    CHECK(ReasonFor(Signed(body)) == "MALFORMED");
  }
}

TEST_CASE("Answers of the provider are read strictly", "[payment][peers]") {
  const auto open = ReadOrder(
      R"({"merchant_order": "py-1", "provider_order": "po-1", "state": "OPEN",)"
      R"( "amount_minor": 2000, "currency": "CNY", "expire_at_ms": 1, "refunded_minor": 0,)"
      R"( "code_url": "http://127.0.0.1:7462/pay/po-1"})");
  REQUIRE(open.ok());
  CHECK(open->state == OrderFact::State::kOpen);
  CHECK(open->code_url == "http://127.0.0.1:7462/pay/po-1");
  CHECK(!ReadOrder(R"({"state": "ODD"})").ok());
  CHECK(!ReadRefundAnswer("").ok());
  CHECK(ReadErrorCode(R"({"code": "ORDER_PAID", "message": "x"})") == "ORDER_PAID");
  CHECK(ReadErrorCode("<html>").empty());
}

}  // namespace
}  // namespace houbu::payment
