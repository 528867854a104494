#include "services/account/peers/identity_notices.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "libs/secrets/bytes.h"

namespace houbu::account {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'764'547'200);
constexpr char kMatch[] =
    R"({"type": "VERIFICATION_DECIDED", "check": "ic-1", "result": "MATCH", "reason": ""})";

std::string KeyText(char byte) { return std::string(32, byte); }

struct Signed {
  std::map<std::string, std::string> headers;
  std::string body;
};

Signed SignedBy(const std::string& key, const std::string& body, absl::Time moment = kNow) {
  const std::string timestamp = absl::StrCat(absl::ToUnixSeconds(moment));
  Signed message;
  message.headers["x-houbu-timestamp"] = timestamp;
  message.headers["x-houbu-nonce"] = "n-1";
  message.headers["x-houbu-signature"] =
      secrets::HmacSha256Hex(key, absl::StrCat(timestamp, "\nn-1\n", body));
  message.body = body;
  return message;
}

std::string ReasonFor(const Signed& message) {
  const IdentityNotices reader({KeyText('k'), KeyText('f')});
  return std::string(ReasonOf(reader.Read(message.headers, message.body, kNow).status()));
}

TEST_CASE("a callback is proven by the key in use or the one before",
          "[account][verification][W-01]") {
  const IdentityNotices reader({KeyText('k'), KeyText('f')});
  for (const char key : {'k', 'f'}) {
    const Signed message = SignedBy(KeyText(key), kMatch);
    const auto notice = reader.Read(message.headers, message.body, kNow);
    REQUIRE(notice.ok());
    CHECK(notice->check == "ic-1");
    CHECK(notice->finding.match);
    CHECK(notice->nonce == "n-1");
  }
  CHECK(ReasonFor(SignedBy(KeyText('x'), kMatch)) == "FORGED");
}

TEST_CASE("the signature is the one of the provider's reference", "[account][verification]") {
  // The example of docs/reference/counterparties.md.
  Signed message;
  message.headers["x-houbu-timestamp"] = "1764547200";
  message.headers["x-houbu-nonce"] = "n-1";
  message.headers["x-houbu-signature"] =
      "bbd798e1c8c12b822e69ac6018ea1d1729c1827502cf76a194742f54398b4848";
  message.body = R"({"a":1})";
  const IdentityNotices reader({KeyText('\x0b')});
  CHECK(ReasonOf(reader.Read(message.headers, message.body, kNow).status()) == "MALFORMED");
}

TEST_CASE("what was altered, taken apart or left unsigned is not believed",
          "[account][verification][W-01]") {
  const Signed good = SignedBy(KeyText('k'), kMatch);
  CHECK(ReasonFor(good).empty());
  Signed altered = good;
  altered.body += " ";
  CHECK(ReasonFor(altered) == "FORGED");
  Signed moved = good;
  moved.headers["x-houbu-nonce"] = "n-2";
  CHECK(ReasonFor(moved) == "FORGED");
  Signed later = good;
  later.headers["x-houbu-timestamp"] = "1764547201";
  CHECK(ReasonFor(later) == "FORGED");
  Signed cut = good;
  cut.headers["x-houbu-signature"].pop_back();
  CHECK(ReasonFor(cut) == "FORGED");
  for (const char* name : {"x-houbu-timestamp", "x-houbu-nonce", "x-houbu-signature"}) {
    Signed without = good;
    without.headers.erase(name);
    CHECK(ReasonFor(without) == "UNSIGNED");
  }
  Signed odd = good;
  odd.headers["x-houbu-nonce"] = "n 1";
  CHECK(ReasonFor(odd) == "UNSIGNED");
}

TEST_CASE("a callback is believed for five minutes before and after",
          "[account][verification][W-01]") {
  const std::string key = KeyText('k');
  CHECK(ReasonFor(SignedBy(key, kMatch, kNow - absl::Minutes(5))).empty());
  CHECK(ReasonFor(SignedBy(key, kMatch, kNow + absl::Minutes(5))).empty());
  CHECK(ReasonFor(SignedBy(key, kMatch, kNow - absl::Seconds(301))) == "STALE");
  CHECK(ReasonFor(SignedBy(key, kMatch, kNow + absl::Seconds(301))) == "STALE");
}

TEST_CASE("a signed callback that makes no sense is malformed", "[account][verification]") {
  const std::string bodies[] = {
      "",
      "paid!",
      "[]",
      "{}",
      "\xff\xfe",
      R"({"type": "ORDER_PAID", "check": "ic-1", "result": "MATCH"})",
      R"({"type": "VERIFICATION_DECIDED", "check": "ic-1", "result": "PENDING"})",
      R"({"type": "VERIFICATION_DECIDED", "check": "ic-1", "result": true})",
      R"({"type": "VERIFICATION_DECIDED", "check": "", "result": "MATCH"})",
      R"({"type": "VERIFICATION_DECIDED", "check": "IC/../1", "result": "MATCH"})",
      R"({"type": "VERIFICATION_DECIDED", "result": "MATCH"})",
  };
  for (const std::string& body : bodies) {
    CAPTURE(body);
    CHECK(ReasonFor(SignedBy(KeyText('k'), body)) == "MALFORMED");
  }
}

}  // namespace
}  // namespace houbu::account
