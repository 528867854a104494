// The life of sessions, as use cases on a real PostgreSQL.
#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/storage/test_sign_in.h"

namespace houbu::account {
namespace {

TEST_CASE("a refresh token serves once; used again it ends the session", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.device = "a-device";
  fixture.SignedIn();
  const Session first = fixture.session;
  REQUIRE(Renew(fixture, "r-1", first.token_id).ok());
  const Session second = fixture.session;
  CHECK(second.id == first.id);
  CHECK(second.token_id != first.token_id);
  // The same device, whose answer got lost, gets the same tokens within ten seconds.
  fixture.clock.Advance(absl::Seconds(9));
  REQUIRE(Renew(fixture, "r-2", first.token_id).ok());
  CHECK(fixture.session.token_id == second.token_id);
  REQUIRE(Renew(fixture, "r-3", second.token_id).ok());
  const Session third = fixture.session;
  // A thief shows the old one: whoever holds the newest is signed out as well.
  fixture.device = "another-device";
  CHECK(ReasonOf(Renew(fixture, "r-4", second.token_id).status()) == "REFRESH_REFUSED");
  fixture.device = "a-device";
  CHECK(ReasonOf(Renew(fixture, "r-5", third.token_id).status()) == "REFRESH_REFUSED");
  const std::vector<Revoked> revoked = RevokedOf(fixture);
  REQUIRE(revoked.size() == 1);
  CHECK(revoked[0].session == first.id);
}

TEST_CASE("the same device is too late after ten seconds", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.device = "a-device";
  fixture.SignedIn();
  const Session first = fixture.session;
  REQUIRE(Renew(fixture, "r-1", first.token_id).ok());
  fixture.clock.Advance(absl::Seconds(10));
  CHECK(ReasonOf(Renew(fixture, "r-2", first.token_id).status()) == "REFRESH_REFUSED");
  CHECK(ReasonOf(Renew(fixture, "r-3", fixture.session.token_id).status()) == "REFRESH_REFUSED");
}

TEST_CASE("sessions end when nobody uses them, and at the latest after half a year",
          "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.SignedIn();
  const absl::Time opened = fixture.clock.Now();
  int renewed = 0;
  while (Renew(fixture, absl::StrCat("r-", renewed), fixture.session.token_id).ok()) {
    ++renewed;
    fixture.clock.Advance(fixture.session_policy.idle_max - absl::Seconds(1));
  }
  CHECK(fixture.clock.Now() - opened >= fixture.session_policy.life_max);
  CHECK(renewed == 7);
  fixture.SignedIn(kPhone, "idle");
  fixture.clock.Advance(fixture.session_policy.idle_max);
  CHECK(ReasonOf(Renew(fixture, "idle", fixture.session.token_id).status()) == "REFRESH_REFUSED");
}

TEST_CASE("sessions are listed and ended, one or all", "[account][R-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string first = fixture.session.id;
  fixture.SignedIn(kPhone, "second");
  fixture.SignedIn(kPhone, "third");
  const std::string third = fixture.session.id;
  const auto list = [&] {
    return testing::RunTask(fixture.loop, fixture.sessions.List(account, "", 10)).value();
  };
  REQUIRE(list().size() == 3);
  CHECK(list().front().id == third);
  const auto end = [&](const std::string& request_id, const std::string& of,
                       const std::string& id) {
    return testing::RunTask(fixture.loop, fixture.sessions.End(of, id, fixture.Opening(request_id)))
        .status();
  };
  CHECK(ReasonOf(end("e-0", "ac-other", first)) == "SESSION_NOT_FOUND");
  CHECK(end("e-1", account, first).ok());
  CHECK(end("e-1", account, first).ok());
  CHECK(ReasonOf(end("e-2", account, first)) == "SESSION_NOT_FOUND");
  Mutation<int> all = fixture.MutationOf<int>("all");
  all.render = [](const int& count) { return absl::StrCat(count); };
  CHECK(testing::RunTask(fixture.loop, fixture.sessions.EndAll(account, third, all)).value() ==
        "1");
  REQUIRE(list().size() == 1);
  CHECK(list().front().id == third);
  CHECK(RevokedOf(fixture).size() == 2);
}

}  // namespace
}  // namespace houbu::account
