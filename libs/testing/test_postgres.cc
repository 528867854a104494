#include "libs/testing/test_postgres.h"

#include <libpq-fe.h>

#include <cstdlib>
#include <random>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <catch2/catch.hpp>

namespace houbu::testing {
namespace {

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
  void operator()(PGresult* result) const { PQclear(result); }
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

// Runs `sql`; returns what went wrong, "" when nothing did.
std::string Run(const std::string& conninfo, const std::string& sql) {
  const std::unique_ptr<PGconn, Finish> connection(PQconnectdb(conninfo.c_str()));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return PQerrorMessage(connection.get());
  }
  const std::unique_ptr<PGresult, Finish> result(PQexec(connection.get(), sql.c_str()));
  const ExecStatusType status = PQresultStatus(result.get());
  const bool is_ok = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
  return is_ok ? "" : PQresultErrorMessage(result.get());
}

// The same server and user, another database; takes both forms of a conninfo, writes key=value.
std::string WithDatabase(const std::string& conninfo, const std::string& name) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, Finish> options(
      PQconninfoParse(conninfo.c_str(), &error));
  if (!options) {
    const std::string reason = error == nullptr ? "out of memory" : error;
    PQfreemem(error);
    FAIL("HOUBU_TEST_PG is no conninfo: " << reason);
  }
  std::string changed = absl::StrCat("dbname='", name, "'");
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val == nullptr || absl::string_view(option->keyword) == "dbname") {
      continue;
    }
    absl::StrAppend(&changed, " ", option->keyword, "='",
                    absl::StrReplaceAll(option->val, {{"\\", "\\\\"}, {"'", "\\'"}}), "'");
  }
  return changed;
}

std::string FreshName() {
  std::random_device random;
  return absl::StrCat("houbu_test_", absl::Hex(random()), "_", absl::Hex(random()));
}

}  // namespace

std::unique_ptr<TestPostgres> TestPostgres::OrSkip() {
  const char* admin = std::getenv("HOUBU_TEST_PG");
  if (admin == nullptr || *admin == '\0') {
    WARN("SKIPPED: needs PostgreSQL; HOUBU_TEST_PG holds no admin conninfo");
    return nullptr;
  }
  const std::string name = FreshName();
  const std::string error = Run(admin, absl::StrCat("CREATE DATABASE ", name));
  if (!error.empty()) {
    FAIL("cannot create a test database: " << error);
  }
  return std::unique_ptr<TestPostgres>(new TestPostgres(admin, name));
}

TestPostgres::TestPostgres(std::string admin_conninfo, std::string name)
    : admin_conninfo_(std::move(admin_conninfo)),
      name_(std::move(name)),
      conninfo_(WithDatabase(admin_conninfo_, name_)) {}

TestPostgres::~TestPostgres() {
  // A database left behind harms nobody, so a failure to drop it fails nothing.
  (void)Run(admin_conninfo_, absl::StrCat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)"));
}

void TestPostgres::Execute(const std::string& sql) const {
  const std::string error = Run(conninfo_, sql);
  if (!error.empty()) {
    FAIL(error);
  }
}

}  // namespace houbu::testing
