#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_replace.h>
#include <absl/strings/str_split.h>
#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/identity/access_token.h"
#include "libs/identity/jws.h"
#include "libs/identity/keys.h"
#include "libs/identity/travel_statement.h"
#include "libs/secrets/bytes.h"

namespace houbu::identity {

namespace {

const absl::Time kNow = absl::FromUnixSeconds(1793491200);

KeyBytes SeedOf(const std::string& hex) {
  const std::string bytes = absl::HexStringToBytes(hex);
  KeyBytes seed{};
  std::copy(bytes.begin(), bytes.end(), seed.begin());
  return seed;
}

/// The key of RFC 8037, appendix A.1.
Signer RfcSigner() {
  return Signer::FromSeed(
      SeedOf("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
}

Signer OtherSigner() { return Signer::FromSeed(SeedOf(std::string(64, '7'))); }

AccessClaims Claims() {
  return AccessClaims{.account = "accounts/ac-1",
                      .session = "se-1",
                      .token_id = "t-1",
                      .issue_time = kNow,
                      .expire_time = kNow + absl::Minutes(15)};
}

std::string ReasonOfToken(const KeySet& keys, absl::string_view token, absl::Time now = kNow) {
  const absl::StatusOr<AccessClaims> claims = VerifyAccessToken(keys, token, now);
  return claims.ok() ? "" : std::string(ReasonOf(claims.status()));
}

std::string GoodHeader(const Signer& signer) {
  return absl::StrCat(R"({"alg":"EdDSA","typ":"at+jwt","kid":")", signer.public_key().id, "\"}");
}

constexpr char kGoodPayload[] =
    R"({"iss":"houbu-account","aud":"houbu","sub":"accounts/ac-1","sid":"se-1","jti":"t-1",)"
    R"("iat":1793491200,"nbf":1793491200,"exp":1793492100})";

type::v1::TravelStatement Statement() {
  type::v1::TravelStatement statement;
  statement.set_account("accounts/ac-1");
  statement.set_purpose(type::v1::PURPOSE_BOOK);
  statement.add_travellers()->set_traveller_key("tk-1");
  statement.mutable_issue_time()->set_seconds(absl::ToUnixSeconds(kNow));
  statement.mutable_expire_time()->set_seconds(absl::ToUnixSeconds(kNow + absl::Minutes(10)));
  return statement;
}

}  // namespace

TEST_CASE("signatures and thumbprints are those of RFC 8037", "[identity][jws]") {
  const Signer signer = RfcSigner();
  const std::string x(reinterpret_cast<const char*>(signer.public_key().bytes.data()), 32);
  CHECK(secrets::ToBase64Url(x) == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  CHECK(signer.public_key().id == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  CHECK(SignJws(signer, R"({"alg":"EdDSA"})", "Example of Ed25519 signing") ==
        "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc."
        "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_"
        "MuM0KAg");
}

TEST_CASE("base64url has one text per value", "[identity][jws]") {
  CHECK(*secrets::FromBase64Url("-_8") == "\xfb\xff");
  CHECK(secrets::FromBase64Url("")->empty());
  for (const char* text : {"-_9", "-_8=", "+/8", "a", "a b", "YQ\n"}) {
    INFO(text);
    CHECK_FALSE(secrets::FromBase64Url(text).ok());
  }
}

TEST_CASE("a token says who is signed in until it ends", "[identity][token]") {
  const Signer signer = RfcSigner();
  const KeySet keys({signer.public_key()});
  const std::string token = IssueAccessToken(signer, Claims());
  const absl::StatusOr<AccessClaims> claims = VerifyAccessToken(keys, token, kNow);
  REQUIRE(claims.ok());
  CHECK(claims->account == "accounts/ac-1");
  CHECK(claims->session == "se-1");
  CHECK(claims->token_id == "t-1");
  CHECK(claims->expire_time == kNow + absl::Minutes(15));
  CHECK(ReasonOfToken(keys, token, kNow + absl::Minutes(15) - absl::Microseconds(1)).empty());
  CHECK(ReasonOfToken(keys, token, kNow + absl::Minutes(15)) == "TOKEN_EXPIRED");
  CHECK(ReasonOfToken(keys, token, kNow - kClockSkew).empty());
  CHECK(ReasonOfToken(keys, token, kNow - kClockSkew - absl::Seconds(1)) == "TOKEN_INVALID");
}

TEST_CASE("a token says what its account may not do, and until when", "[identity][token][R-19]") {
  const Signer signer = RfcSigner();
  const KeySet keys({signer.public_key()});
  CHECK(VerifyAccessToken(keys, IssueAccessToken(signer, Claims()), kNow)->restrictions.empty());
  AccessClaims claims = Claims();
  claims.restrictions = {TokenRestriction{"PAYMENT", kNow + absl::Hours(24)},
                         TokenRestriction{"BOOKING"}};
  const auto read = VerifyAccessToken(keys, IssueAccessToken(signer, claims), kNow);
  REQUIRE(read.ok());
  CHECK(read->restrictions == claims.restrictions);
  CHECK(read->restrictions[1].until == absl::InfiniteFuture());
  // What is not understood whole is not believed in part.
  for (const char* bad :
       {"{}", "\"PAYMENT\"", "[\"PAYMENT\"]", "[{}]", "[{\"level\":7}]",
        "[{\"level\":\"PAYMENT\",\"until\":\"soon\"}]", "[{\"level\":\"PAYMENT\",\"until\":-1}]"}) {
    INFO(bad);
    const std::string with = absl::StrCat("\"restrictions\":", bad, ",\"exp\"");
    const std::string payload = absl::StrReplaceAll(kGoodPayload, {{"\"exp\"", with}});
    CHECK(ReasonOfToken(keys, SignJws(signer, GoodHeader(signer), payload)) == "TOKEN_INVALID");
  }
}

TEST_CASE("a header that is not exactly ours is refused though signed", "[identity][token]") {
  const Signer signer = RfcSigner();
  const KeySet keys({signer.public_key()});
  const std::string good = GoodHeader(signer);
  REQUIRE(ReasonOfToken(keys, SignJws(signer, good, kGoodPayload)).empty());
  const auto with = [&good](const std::string& member) {
    return absl::StrCat(good.substr(0, good.size() - 1), ",", member, "}");
  };
  const std::vector<std::string> headers = {
      absl::StrReplaceAll(good, {{"EdDSA", "none"}}),
      absl::StrReplaceAll(good, {{"EdDSA", "eddsa"}}),
      absl::StrReplaceAll(good, {{"EdDSA", "HS256"}}),
      absl::StrReplaceAll(good, {{"EdDSA", "ES256"}}),
      absl::StrReplaceAll(good, {{"at+jwt", "JWT"}}),
      absl::StrReplaceAll(good, {{"kid", "Kid"}}),
      with(R"("crit":["exp"])"),
      with(R"("jku":"https://attacker.example/keys")"),
      with(R"("jwk":{"kty":"OKP","crv":"Ed25519","x":"AAAA"})"),
      with(R"("x5u":"https://attacker.example/cert")"),
      with(R"("b64":false)"),
      R"({"alg":"EdDSA","typ":"at+jwt"})",
      R"({"alg":"EdDSA","typ":"at+jwt","kid":7})",
      R"(["EdDSA"])",
      "",
      "{",
  };
  for (const std::string& header : headers) {
    INFO(header);
    CHECK(ReasonOfToken(keys, SignJws(signer, header, kGoodPayload)) == "TOKEN_INVALID");
  }
}

TEST_CASE("a token whose claims are not ours is refused though signed", "[identity][token]") {
  const Signer signer = RfcSigner();
  const KeySet keys({signer.public_key()});
  const std::vector<std::pair<std::string, std::string>> edits = {
      {"\"houbu-account\"", "\"evil\""},
      {"\"aud\":\"houbu\"", "\"aud\":\"other\""},
      {"\"aud\":\"houbu\"", "\"aud\":[\"houbu\"]"},
      {"\"aud\":\"houbu\",", ""},
      {"\"sub\":\"accounts/ac-1\",", ""},
      {"\"sub\":\"accounts/ac-1\"", "\"sub\":\"\""},
      {"\"sub\":\"accounts/ac-1\"", "\"sub\":1"},
      {"\"sid\":\"se-1\",", ""},
      {"\"jti\":\"t-1\",", ""},
      {"\"iat\":1793491200,", ""},
      {"\"nbf\":1793491200,", ""},
      {",\"exp\":1793492100", ""},
      {"1793492100", "\"1793492100\""},
      {"1793492100", "1793492100.5"},
      {"1793492100", "1793492101"},
      {"1793492100", "18446744073709551615"},
      {"1793492100", "-1"},
      {"\"exp\":1793492100", "\"exp\":1793491200"},
      {"\"nbf\":1793491200", "\"nbf\":1793491300"},
  };
  for (const auto& [from, to] : edits) {
    const std::string payload = absl::StrReplaceAll(kGoodPayload, {{from, to}});
    INFO(payload);
    REQUIRE(payload != kGoodPayload);
    CHECK(ReasonOfToken(keys, SignJws(signer, GoodHeader(signer), payload)) == "TOKEN_INVALID");
  }
}

TEST_CASE("a token not signed by a key of the set is refused", "[identity][token]") {
  const Signer signer = RfcSigner();
  const Signer other = OtherSigner();
  const KeySet keys({signer.public_key()});
  const std::string token = IssueAccessToken(signer, Claims());
  const std::vector<std::string> parts = absl::StrSplit(token, '.');
  const std::string other_payload =
      secrets::ToBase64Url(absl::StrReplaceAll(kGoodPayload, {{"ac-1", "ac-2"}}));
  const std::vector<std::string> tokens = {
      "",
      "..",
      parts[0] + "." + parts[1],
      parts[0] + "." + parts[1] + ".",
      parts[0] + "." + other_payload + "." + parts[2],
      token + ".x",
      token + "=",
      " " + token,
      IssueAccessToken(other, Claims()),
      SignJws(other, GoodHeader(signer), kGoodPayload),
      std::string(5000, 'a'),
      std::string(1 << 20, 'a'),
      std::string(1 << 20, '.'),
  };
  for (const std::string& text : tokens) {
    INFO(text.substr(0, 2000));
    CHECK(ReasonOfToken(keys, text) == "TOKEN_INVALID");
  }
  for (std::size_t i = 0; i < token.size(); i += 7) {
    std::string damaged = token;
    damaged[i] = damaged[i] == 'A' ? 'B' : 'A';
    CHECK(ReasonOfToken(keys, damaged) == "TOKEN_INVALID");
  }
}

TEST_CASE("a key set file is read again when it changes", "[identity][keys]") {
  std::string directory = (std::filesystem::temp_directory_path() / "houbu-keys-XXXXXX").string();
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  const std::string path = directory + "/keys.json";
  CHECK_FALSE(KeySet::Open(path).ok());
  const Signer first = RfcSigner();
  const Signer second = OtherSigner();
  REQUIRE(WriteKeySet(path, {first.public_key()}).ok());
  const auto keys = KeySet::Open(path);
  REQUIRE(keys.ok());
  CHECK((*keys)->Find(first.public_key().id).has_value());
  CHECK_FALSE((*keys)->Find(second.public_key().id).has_value());
  REQUIRE(WriteKeySet(path, {first.public_key(), second.public_key()}).ok());
  REQUIRE((*keys)->Reload().ok());
  CHECK(VerifyAccessToken(**keys, IssueAccessToken(first, Claims()), kNow).ok());
  CHECK(VerifyAccessToken(**keys, IssueAccessToken(second, Claims()), kNow).ok());
  std::ofstream(path) << R"({"keys":[{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"}]})";
  CHECK_FALSE((*keys)->Reload().ok());
  CHECK((*keys)->Find(second.public_key().id).has_value());
  std::filesystem::remove_all(directory);
}

TEST_CASE("what was found valid is believed again, only as it stands and while its key is known",
          "[identity][keys]") {
  std::string directory = (std::filesystem::temp_directory_path() / "houbu-keys-XXXXXX").string();
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  const std::string path = directory + "/keys.json";
  const Signer signer = RfcSigner();
  const Signer other = OtherSigner();
  REQUIRE(WriteKeySet(path, {signer.public_key(), other.public_key()}).ok());
  const auto keys = KeySet::Open(path);
  REQUIRE(keys.ok());
  const std::string& id = signer.public_key().id;
  const std::string signature = signer.Sign("word");
  for (int times = 0; times < 3; ++times) {
    CHECK((*keys)->HasSigned(id, "word", signature));
    CHECK_FALSE((*keys)->HasSigned(id, "words", signature));
    CHECK_FALSE((*keys)->HasSigned(id, "word", signer.Sign("words")));
    CHECK_FALSE((*keys)->HasSigned(id, "word", signature.substr(1)));
    CHECK_FALSE((*keys)->HasSigned(other.public_key().id, "word", signature));
  }
  for (int i = 0; i < 1000; ++i) {
    if ((*keys)->HasSigned(id, absl::StrCat("word ", i), signature)) FAIL("believed a forged word");
  }
  REQUIRE(WriteKeySet(path, {other.public_key()}).ok());
  REQUIRE((*keys)->Reload().ok());
  CHECK_FALSE((*keys)->HasSigned(id, "word", signature));
  std::filesystem::remove_all(directory);
}

TEST_CASE("a signer takes its seed from a file of 64 hex digits", "[identity][keys]") {
  std::string directory = (std::filesystem::temp_directory_path() / "houbu-seed-XXXXXX").string();
  REQUIRE(::mkdtemp(directory.data()) != nullptr);
  const std::string path = directory + "/seed";
  const std::string good = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60";
  CHECK_FALSE(Signer::FromSeedFile(path).ok());
  for (const std::string& bad :
       {std::string(), good.substr(1), good + "00", "zz" + good.substr(2)}) {
    std::ofstream(path) << bad;
    CHECK_FALSE(Signer::FromSeedFile(path).ok());
  }
  std::ofstream(path) << good << "\n";
  const absl::StatusOr<Signer> signer = Signer::FromSeedFile(path);
  REQUIRE(signer.ok());
  CHECK(signer->public_key().id == RfcSigner().public_key().id);
  std::filesystem::remove_all(directory);
}

TEST_CASE("a travel statement serves its account, purpose and time", "[identity][statement]") {
  const Signer signer = RfcSigner();
  const KeySet keys({signer.public_key()});
  const Revocations none;
  const Trust trust{keys, none};
  const type::v1::SignedStatement signed_statement = SignTravelStatement(signer, Statement());
  const StatementUse use{.account = "accounts/ac-1", .purpose = type::v1::PURPOSE_BOOK};
  const auto verified = VerifyTravelStatement(trust, signed_statement, kNow, use);
  REQUIRE(verified.ok());
  CHECK(verified->travellers(0).traveller_key() == "tk-1");
  struct Case {
    StatementUse use;
    absl::Duration later;
    std::string reason;
  };
  const StatementUse other{.account = "accounts/ac-2", .purpose = type::v1::PURPOSE_BOOK};
  const StatementUse wait{.account = "accounts/ac-1", .purpose = type::v1::PURPOSE_WAIT};
  const std::vector<Case> cases = {
      {other, absl::ZeroDuration(), "STATEMENT_NOT_YOURS"},
      {wait, absl::ZeroDuration(), "STATEMENT_WRONG_PURPOSE"},
      {use, absl::Minutes(10) - absl::Microseconds(1), ""},
      {use, absl::Minutes(10), "STATEMENT_EXPIRED"},
      {use, absl::Seconds(-6), "STATEMENT_EXPIRED"},
  };
  for (const Case& c : cases) {
    const auto outcome = VerifyTravelStatement(trust, signed_statement, kNow + c.later, c.use);
    CHECK(ReasonOf(outcome.status()) == c.reason);
  }
}

TEST_CASE("a statement is over once its account's are revoked", "[identity][statement]") {
  const Signer signer = RfcSigner();
  const KeySet keys({signer.public_key()});
  Revocations revocations;
  const Trust trust{keys, revocations};
  const type::v1::SignedStatement before = SignTravelStatement(signer, Statement());
  const StatementUse use{.account = "accounts/ac-1", .purpose = type::v1::PURPOSE_BOOK};
  Revocation others;
  others.account = "accounts/ac-2";
  others.statements_before = kNow + absl::Hours(1);
  revocations.Note(others, kNow);
  CHECK(VerifyTravelStatement(trust, before, kNow, use).ok());
  Revocation own;
  own.account = "accounts/ac-1";
  own.statements_before = kNow + absl::Nanoseconds(1);
  revocations.Note(own, kNow);
  CHECK(ReasonOf(VerifyTravelStatement(trust, before, kNow, use).status()) == "STATEMENT_REVOKED");
  type::v1::TravelStatement later = Statement();
  later.mutable_issue_time()->set_nanos(2);
  CHECK(VerifyTravelStatement(trust, SignTravelStatement(signer, later), kNow, use).ok());
}

TEST_CASE("keys learned from account replace those of the file", "[identity][keys]") {
  const Signer signer = RfcSigner();
  const Signer other = OtherSigner();
  KeySet keys({signer.public_key()});
  const std::vector<PublicKey> next = {other.public_key()};
  REQUIRE(keys.Learn(KeySetJson(next)).ok());
  CHECK_FALSE(keys.Find(signer.public_key().id).has_value());
  CHECK(keys.Find(other.public_key().id).has_value());
  CHECK_FALSE(keys.Learn("{}").ok());
  CHECK(keys.Find(other.public_key().id).has_value());
}

TEST_CASE("a statement changed in any byte is forged", "[identity][statement]") {
  const Signer signer = RfcSigner();
  const KeySet keys({signer.public_key()});
  const Revocations none;
  const Trust trust{keys, none};
  const type::v1::SignedStatement good = SignTravelStatement(signer, Statement());
  const StatementUse use{.account = "accounts/ac-1", .purpose = type::v1::PURPOSE_BOOK};
  std::vector<type::v1::SignedStatement> forged;
  for (std::size_t i = 0; i < good.payload().size(); ++i) {
    forged.push_back(good);
    (*forged.back().mutable_payload())[i] ^= 1;
  }
  for (std::size_t i = 0; i < good.signature().size(); i += 5) {
    forged.push_back(good);
    (*forged.back().mutable_signature())[i] ^= 1;
  }
  forged.emplace_back();
  forged.push_back(good);
  forged.back().set_key_id("unknown");
  forged.push_back(good);
  forged.back().clear_signature();
  forged.push_back(SignTravelStatement(OtherSigner(), Statement()));
  forged.back().set_key_id(good.key_id());
  for (const type::v1::SignedStatement& statement : forged) {
    CHECK(ReasonOf(VerifyTravelStatement(trust, statement, kNow, use).status()) ==
          "STATEMENT_FORGED");
  }
}

}  // namespace houbu::identity
