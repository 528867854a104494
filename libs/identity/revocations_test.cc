#include "libs/identity/revocations.h"

#include <catch2/catch.hpp>

namespace houbu::identity {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

TEST_CASE("tokens of an ended session and of a frozen account are revoked", "[identity][token]") {
  Revocations revocations;
  AccessClaims claims;
  claims.account = "accounts/ac-1";
  claims.session = "accounts/ac-1/sessions/ss-1";
  claims.issue_time = kNow;
  CHECK_FALSE(revocations.Covers(claims));
  Revocation session;
  session.account = claims.account;
  session.session = "accounts/ac-1/sessions/ss-2";
  revocations.Note(session, kNow);
  CHECK_FALSE(revocations.Covers(claims));
  session.session = claims.session;
  revocations.Note(session, kNow);
  CHECK(revocations.Covers(claims));
  claims.session = "accounts/ac-1/sessions/ss-3";
  Revocation frozen;
  frozen.account = claims.account;
  frozen.tokens_before = kNow + absl::Seconds(1);
  revocations.Note(frozen, kNow);
  CHECK(revocations.Covers(claims));
  claims.issue_time = kNow + absl::Seconds(1);
  CHECK_FALSE(revocations.Covers(claims));
}

TEST_CASE("what was revoked is forgotten when nothing signed can be left", "[identity][token]") {
  Revocations revocations;
  Revocation revocation;
  revocation.account = "accounts/ac-1";
  revocation.session = "accounts/ac-1/sessions/ss-1";
  revocations.Note(revocation, kNow);
  revocation.session = "accounts/ac-1/sessions/ss-2";
  revocations.Note(revocation, kNow + kTokenLifeMax);
  CHECK(revocations.size() == 2);
  revocation.session = "accounts/ac-1/sessions/ss-3";
  revocations.Note(revocation, kNow + kTokenLifeMax + absl::Minutes(2));
  CHECK(revocations.size() == 2);
}

}  // namespace
}  // namespace houbu::identity
