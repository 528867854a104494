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

TEST_CASE("what was heard of restrictions holds over tokens issued before, imposed or lifted",
          "[identity][token][R-19]") {
  Revocations revocations;
  const TokenRestriction barred{"PAYMENT", kNow + absl::Hours(1)};
  const std::vector<TokenRestriction> none;
  const std::vector<TokenRestriction> some = {barred};
  AccessClaims old;
  old.account = "accounts/ac-1";
  old.issue_time = kNow - absl::Minutes(1);
  CHECK(revocations.RestrictionsOf(old, kNow) == none);
  Revocation imposed;
  imposed.account = old.account;
  imposed.restrictions = some;
  revocations.Note(imposed, kNow);
  CHECK(revocations.RestrictionsOf(old, kNow) == some);
  CHECK(revocations.RestrictionsOf(old, barred.until - absl::Microseconds(1)) == some);
  CHECK(revocations.RestrictionsOf(old, barred.until) == none);
  AccessClaims others = old;
  others.account = "accounts/ac-2";
  CHECK(revocations.RestrictionsOf(others, kNow) == none);

  // Anything else that is taken back leaves them as they are.
  Revocation statements;
  statements.account = old.account;
  statements.statements_before = kNow;
  revocations.Note(statements, kNow + absl::Seconds(1));
  CHECK(revocations.RestrictionsOf(old, kNow) == some);

  AccessClaims told = old;
  told.issue_time = kNow + absl::Minutes(1);
  told.restrictions = some;
  CHECK(revocations.RestrictionsOf(told, kNow + absl::Minutes(1)) == some);
  Revocation lifted = imposed;
  lifted.restrictions = none;
  revocations.Note(lifted, kNow + absl::Minutes(2));
  CHECK(revocations.RestrictionsOf(told, kNow + absl::Minutes(2)) == none);
  CHECK(revocations.RestrictionsOf(old, kNow + absl::Minutes(2)) == none);

  // A token issued since says itself how things are.
  told.issue_time = kNow + absl::Minutes(3);
  CHECK(revocations.RestrictionsOf(told, kNow + absl::Minutes(3)) == some);
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
