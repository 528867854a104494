// The audit log on a real PostgreSQL: what is appended holds, and what its administrator does to it
// is found out.
#include "services/account/storage/audit_chain.h"

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/async/status_macros.h"
#include "libs/identity/audit_chain.h"
#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"
#include "services/account/app/audit_trail.h"
#include "services/account/storage/schema.h"

namespace houbu::account {
namespace {

using identity::AuditInspection;

identity::Signer TestSigner() {
  identity::KeyBytes seed{};
  seed.fill(7);
  return identity::Signer::FromSeed(seed);
}

struct Fixture {
  explicit Fixture(const testing::TestPostgres& the_database)
      : database(the_database), pool(loop.get_executor(), OptionsOf(the_database)) {
    REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  }
  ~Fixture() { pool.Close(); }

  static postgres::PoolOptions OptionsOf(const testing::TestPostgres& database) {
    postgres::PoolOptions options;
    options.conninfo = database.conninfo();
    return options;
  }

  void Append(int count) {
    for (int i = 0; i < count; ++i) {
      AuditEntry entry;
      entry.actor = "operators/mei";
      entry.act = "MEMBERSHIP_ACTIVATED";
      entry.subject = absl::StrCat("accounts/ac-", i);
      entry.reason = "工单 42 \"quoted\"";
      entry.detail = {{"from", "a"}, {"to", "b\nc"}};
      clock.Advance(absl::Microseconds(1234567));
      REQUIRE(testing::RunTask(loop, store.Append(std::move(entry), clock.Now())).ok());
    }
  }

  void Sign() { REQUIRE(testing::RunTask(loop, trail.SignWhenDue()).ok()); }

  /// What an inspection finds: "KIND@position ...".
  std::string Inspect() {
    AuditInspection inspection(keys);
    inspection.TakeHeads(testing::RunTask(loop, store.ListHeads(0, 1000)).value());
    inspection.TakeExported(exported);
    AuditPage page = testing::RunTask(loop, store.List(AuditFilter(), 0, 1000)).value();
    for (const AuditRecord& record : page.records) inspection.Take(record);
    inspection.End(page.end_position, page.end_hash);
    std::string found;
    for (const AuditInspection::Fault& fault : inspection.faults()) {
      absl::StrAppend(&found, found.empty() ? "" : " ", fault.kind, "@", fault.position);
    }
    return found;
  }

  /// What the database's administrator does: no trigger speaks.
  void AsAdministrator(const std::string& sql) {
    database.Execute(absl::StrCat("SET session_replication_role = replica; ", sql));
  }

  const testing::TestPostgres& database;
  boost::asio::io_context loop;
  postgres::Pool pool;
  testing::ManualClock clock;
  PostgresAuditStore store{pool};
  identity::Signer signer = TestSigner();
  std::vector<identity::PublicKey> published = {signer.public_key()};
  identity::KeySet keys{published};
  std::vector<AuditHead> exported;
  AuditTrail trail{store, clock, absl::Hours(24),
                   [this](AuditHead head) { return identity::SignAuditHead(signer, head); },
                   [this](const AuditHead& head) { exported.push_back(head); }};
};

TEST_CASE("what is appended and signed holds", "[account][audit][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  fixture.Sign();
  CHECK(fixture.Inspect() == "");
  fixture.Append(5);
  fixture.Sign();
  CHECK(fixture.exported.size() == 1);  // a day has not passed
  fixture.clock.Advance(absl::Hours(24));
  fixture.Sign();
  fixture.Sign();
  REQUIRE(fixture.exported.size() == 2);
  CHECK(fixture.exported.back().position == 5);
  CHECK(fixture.Inspect() == "");
}

TEST_CASE("nobody changes the log by the service's own means", "[account][audit][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  fixture.Append(2);
  fixture.Sign();
  for (const char* sql :
       {"UPDATE audit_entries SET reason = 'x'", "DELETE FROM audit_entries",
        "TRUNCATE audit_entries", "UPDATE audit_heads SET position = 1", "DELETE FROM audit_heads",
        "TRUNCATE audit_heads", "DELETE FROM audit_end", "TRUNCATE audit_end",
        "INSERT INTO audit_end (position, hash) VALUES (0, '')"}) {
    INFO(sql);
    CHECK_FALSE(testing::RunTask(fixture.loop, fixture.pool.Query(sql)).ok());
  }
  CHECK(fixture.Inspect() == "");
}

TEST_CASE("what an administrator does to the log is found at its place",
          "[account][audit][R-09][A-23]") {
  struct Row {
    const char* sql;
    const char* found;
  };
  const char* const rehash = R"sql(
    DO $$ DECLARE line record; previous text := repeat('0', 64); next_hash text;
    BEGIN FOR line IN SELECT position, at, actor, act, subject, reason, detail
      FROM audit_entries ORDER BY position LOOP
      next_hash := encode(sha256(
        audit_framed('houbu.audit.entry.v1') || int8send(line.position)
        || int8send((extract(epoch FROM line.at) * 1000000)::bigint)
        || audit_framed(line.actor) || audit_framed(line.act) || audit_framed(line.subject)
        || audit_framed(line.reason) || audit_framed(line.detail) || audit_framed(previous)),
        'hex');
      UPDATE audit_entries SET previous_hash = previous, hash = next_hash
        WHERE position = line.position;
      previous := next_hash;
    END LOOP; UPDATE audit_end SET hash = previous; END $$)sql";
  const std::string made_anew =
      absl::StrCat("UPDATE audit_entries SET reason = 'x' WHERE position = 2; ", rehash);
  const Row rows[] = {
      {"UPDATE audit_entries SET reason = 'x' WHERE position = 3", "ALTERED@3"},
      {"UPDATE audit_entries SET at = at + interval '1 microsecond' WHERE position = 1",
       "ALTERED@1"},
      {"UPDATE audit_entries SET detail = '{}' WHERE position = 6", "ALTERED@6"},
      {"DELETE FROM audit_entries WHERE position = 1", "MISSING@1"},
      {"DELETE FROM audit_entries WHERE position = 3", "MISSING@3 HEAD_WITHOUT_ENTRY@3"},
      {"DELETE FROM audit_entries WHERE position = 6", "CUT@6"},
      {"DELETE FROM audit_entries WHERE position = 1;"
       "UPDATE audit_entries SET position = position - 1",
       "UNLINKED@1 ALTERED@1 ALTERED@2 ALTERED@3 HEAD_DIFFERS@3 ALTERED@4 ALTERED@5 CUT@6"},
      {"UPDATE audit_entries SET position = -position WHERE position IN (2, 3);"
       "UPDATE audit_entries SET position = 3 WHERE position = -2;"
       "UPDATE audit_entries SET position = 2 WHERE position = -3",
       "UNLINKED@2 ALTERED@2 UNLINKED@3 ALTERED@3 HEAD_DIFFERS@3 UNLINKED@4"},
      {made_anew.c_str(), "HEAD_DIFFERS@3"},
      {"DELETE FROM audit_heads WHERE number = 2", "HEAD_MISSING@3"},
      {"TRUNCATE audit_entries, audit_heads; UPDATE audit_end SET position = 0, hash = repeat('0', "
       "64)",
       "HEAD_MISSING@0 HEAD_MISSING@3 CUT@3"},
  };
  for (const Row& row : rows) {
    INFO(row.sql);
    const auto database = testing::TestPostgres::OrSkip();
    if (!database) return;
    Fixture fixture(*database);
    fixture.Sign();
    fixture.Append(3);
    fixture.clock.Advance(absl::Hours(24));
    fixture.Sign();
    fixture.Append(3);
    fixture.AsAdministrator(absl::StrCat(
        "ALTER TABLE audit_entries DROP CONSTRAINT audit_entries_position_check; ", row.sql));
    CHECK(fixture.Inspect() == row.found);
  }
}

async::Task<void> AppendBeside(postgres::Pool& pool, int number, bool commits) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool.Begin());
  AuditEntry entry;
  entry.actor = absl::StrCat("operators/p-", number);
  entry.act = "TESTED";
  entry.subject = "accounts/ac-1";
  const absl::Time now = absl::FromUnixSeconds(1793491200);
  CO_RETURN_IF_ERROR(co_await AppendAudit(transaction, std::move(entry), now));
  if (!commits) co_return absl::OkStatus();
  co_return co_await transaction.Commit();
}

TEST_CASE("acts side by side, some given up, leave one chain without gaps",
          "[account][audit][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  int ended = 0;
  for (int i = 0; i < 40; ++i) {
    boost::asio::co_spawn(fixture.loop, AppendBeside(fixture.pool, i, i % 4 != 0),
                          [&ended](std::exception_ptr, absl::Status done) {
                            CHECK(done.ok());
                            ++ended;
                          });
  }
  fixture.loop.restart();
  while (ended < 40 && fixture.loop.run_one() > 0) {
  }
  const AuditPage page =
      testing::RunTask(fixture.loop, fixture.store.List(AuditFilter(), 0, 100)).value();
  CHECK(page.end_position == 30);
  CHECK(page.records.size() == 30);
  CHECK(fixture.Inspect() == "");
}

TEST_CASE("entries are found by subject, actor and time", "[account][audit][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  fixture.Append(12);
  const auto count = [&fixture](AuditFilter filter) {
    return testing::RunTask(fixture.loop, fixture.store.List(std::move(filter), 0, 100))
        .value()
        .records.size();
  };
  AuditFilter subject;
  subject.subject = "accounts/ac-1";
  CHECK(count(subject) == 1);  // not ac-10 and ac-11
  AuditFilter actor;
  actor.actor = "operators/li";
  CHECK(count(actor) == 0);
  AuditFilter time;
  time.from = fixture.clock.Now() - absl::Seconds(2);
  CHECK(count(time) == 2);
  time.until = fixture.clock.Now();
  CHECK(count(time) == 1);
}

TEST_CASE("lines of older programs join the chain", "[account][audit][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(*database);
  fixture.Append(1);
  database->Execute(
      "INSERT INTO audit_log (at, actor, account_id, act) "
      "VALUES ('2026-11-01', 'services/operator', 'ac-9', 'membership activated: ticket 1')");
  const AuditPage page =
      testing::RunTask(fixture.loop, fixture.store.List(AuditFilter(), 1, 100)).value();
  REQUIRE(page.records.size() == 1);
  CHECK(page.records[0].subject == "accounts/ac-9");
  CHECK(page.records[0].reason == "membership activated: ticket 1");
  CHECK(fixture.Inspect() == "");
}

}  // namespace
}  // namespace houbu::account
