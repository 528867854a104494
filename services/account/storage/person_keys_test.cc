// Persons' keys and what is no longer kept, on a real PostgreSQL.
#include "services/account/storage/person_keys.h"

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/storage/postgres_retention_store.h"
#include "services/account/storage/test_sign_in.h"

namespace houbu::account {
namespace {

Vault VaultOf(std::map<std::uint8_t, secrets::Key> masters) {
  return Vault(secrets::FieldCipher::Create(std::move(masters)).value(),
               secrets::BlindIndex(KeyOf('i')));
}

TEST_CASE("what a person's key sealed opens with it alone, in its place", "[account][R-17]") {
  const Vault vault = VaultOf({{1, KeyOf('f')}});
  const PersonKey key = vault.NewKey("pg-1");
  const std::string box = key.Seal("text", "passengers/full_name", "pg-1");
  CHECK(key.Open(box, "passengers/full_name", "pg-1").value() == "text");
  CHECK_FALSE(key.Open(box, "passengers/full_name", "pg-2").ok());
  CHECK_FALSE(key.Open(box, "documents/number", "pg-1").ok());
  CHECK_FALSE(vault.NewKey("pg-1").Open(box, "passengers/full_name", "pg-1").ok());
  CHECK(vault.KeyOf("pg-1", key.wrapped())
            .value()
            .Open(box, "passengers/full_name", "pg-1")
            .value() == "text");
  CHECK_FALSE(vault.KeyOf("pg-2", key.wrapped()).ok());
  CHECK_FALSE(VaultOf({{1, KeyOf('g')}}).KeyOf("pg-1", key.wrapped()).ok());
}

TEST_CASE("a new master key wraps all keys and touches no field", "[account][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string passenger = fixture.AddCard(account, "card").value();
  const Vault both = VaultOf({{1, KeyOf('f')}, {2, KeyOf('n')}});
  const auto stale = [&] {
    return testing::RunTask(fixture.loop, CountStaleKeys(fixture.pool, 2)).value();
  };
  CHECK(stale() == 2);
  CHECK(testing::RunTask(fixture.loop, RewrapKeys(fixture.pool, both, 2, 1)).value() == 1);
  CHECK(stale() == 1);
  CHECK(testing::RunTask(fixture.loop, RewrapKeys(fixture.pool, both, 2, 10)).value() == 1);
  CHECK(testing::RunTask(fixture.loop, RewrapKeys(fixture.pool, both, 2, 10)).value() == 0);
  const Vault only_new = VaultOf({{2, KeyOf('n')}});
  PostgresPassengerStore passengers(fixture.pool, only_new);
  CHECK(testing::RunTask(fixture.loop, passengers.Load(account, passenger)).value().full_name ==
        "旅客甲");
}

TEST_CASE("what is over is removed when its time has come", "[account][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  const std::string account = fixture.SignedIn();
  const std::string first = fixture.session.id;
  CHECK_FALSE(ByPassword(fixture, "wrong", kPhone, kPassword).ok());
  REQUIRE(
      testing::RunTask(fixture.loop, fixture.sessions.End(account, first, fixture.Opening("end")))
          .ok());
  fixture.SignedIn(kPhone, "second");
  PostgresRetentionStore store(fixture.pool);
  const RetentionPolicy policy;
  const auto left_of = [&](const std::string& table) {
    return testing::RunTask(fixture.loop,
                            fixture.pool.Query(absl::StrCat("SELECT count(*) AS n FROM ", table)))
        .value()
        .row(0)
        .Int64("n");
  };
  const auto sweep = [&] {
    return testing::RunTask(fixture.loop, store.Sweep(policy, fixture.clock.Now(), 10)).value();
  };
  CHECK(sweep() == 0);
  fixture.clock.Advance(absl::Hours(48) + absl::Seconds(1));
  CHECK(sweep() == 2);
  CHECK(left_of("challenges") == 0);
  CHECK(left_of("sign_in_failures") == 0);
  CHECK(left_of("revocations") == 0);
  CHECK(left_of("sessions") == 2);
  fixture.clock.Advance(policy.sessions - absl::Hours(48));
  sweep();
  CHECK(left_of("sessions") == 1);  // the other one only went unused a month ago
  CHECK(left_of("refresh_tokens") == 0);
  CHECK(left_of("accounts") == 1);
}

}  // namespace
}  // namespace houbu::account
