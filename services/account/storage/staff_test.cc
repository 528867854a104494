// The roles of staff on a real PostgreSQL, and who is let in by them.
#include "services/account/app/staff.h"

#include <chrono>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "libs/testing/test_postgres.h"
#include "services/account/rpc/own_staff.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/postgres_staff_store.h"
#include "services/account/storage/schema.h"

namespace houbu::account {
namespace {

struct Fixture {
  explicit Fixture(const std::string& conninfo) : pool(loop.get_executor(), OptionsOf(conninfo)) {
    REQUIRE(testing::RunTask(loop, postgres::Migrate(pool, kMigrations)).ok());
  }
  ~Fixture() { pool.Close(); }

  static postgres::PoolOptions OptionsOf(const std::string& conninfo) {
    postgres::PoolOptions options;
    options.conninfo = conninfo;
    return options;
  }

  void Appoint(std::vector<std::string> persons) {
    REQUIRE(testing::RunTask(loop, staff.Appoint(std::move(persons))).ok());
  }

  Mutation<StaffMember> By(const std::string& who) {
    Mutation<StaffMember> mutation;
    mutation.key =
        RequestKey{"services/operators/" + who, "/m", absl::StrCat("r-", ++requests), "f"};
    mutation.render = [](const StaffMember& member) {
      return absl::StrCat(NameOf(member), " ", member.grants.size());
    };
    return mutation;
  }

  /// The answer, or the reason why not.
  std::string Grant(const std::string& who, const std::string& person, Role role) {
    RoleChange change{person, role, "joined"};
    return Said(testing::RunTask(loop, staff.Grant(std::move(change), By(who))));
  }

  std::string Revoke(const std::string& who, const std::string& person, Role role) {
    RoleChange change{person, role, "left"};
    return Said(testing::RunTask(loop, staff.Revoke(std::move(change), By(who))));
  }

  static std::string Said(const absl::StatusOr<std::string>& answer) {
    return answer.ok() ? *answer : std::string(ReasonOf(answer.status()));
  }

  bool Has(const std::string& person, std::vector<Role> roles) {
    return testing::RunTask(loop, staff.Has(person, std::move(roles))).value();
  }

  /// What the guard says to a caller of a method for support.
  std::string Knock(rpc::Caller caller, absl::Status refused = absl::OkStatus()) {
    const absl::Status said = testing::RunTask(loop, guard.Admit(std::move(caller), rule, refused));
    return said.ok() ? "OK" : std::string(ReasonOf(said));
  }

  std::vector<std::string> Acts(const std::string& act) {
    const AuditPage page = testing::RunTask(loop, audit.List(AuditFilter(), 0, 1000)).value();
    std::vector<std::string> acts;
    for (const AuditRecord& record : page.records) {
      if (record.act == act) {
        acts.push_back(absl::StrCat(record.actor, " ", record.subject, " ", record.reason, " ",
                                    record.detail));
      }
    }
    return acts;
  }

  static rpc::Caller Operator(const std::string& person) {
    rpc::Caller caller;
    caller.kind = rpc::Caller::Kind::kOperator;
    caller.person = person;
    caller.service = person.empty() ? "operator" : "operators/" + person;
    return caller;
  }

  static rpc::MethodRule SupportRule() {
    rpc::MethodRule rule;
    rule.path = "/houbu.test.v1.TestService/Help";
    rule.service = "houbu.test.v1.TestService";
    rule.method = "Help";
    rule.operators = true;
    rule.roles = {"support"};
    return rule;
  }

  boost::asio::io_context loop;
  postgres::Pool pool;
  testing::ManualClock clock;
  std::chrono::steady_clock::time_point machine_time;
  PostgresStaffStore store{pool};
  PostgresAuditStore audit{pool};
  Staff staff{store, audit, clock, [this] { return machine_time; }};
  OwnStaff own{staff};
  rpc::StaffGuard guard{own};
  rpc::MethodRule rule = SupportRule();
  int requests = 0;
};

TEST_CASE("the first admins come from the configuration, once", "[account][staff][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.Appoint({"mei", "li"});
  CHECK(fixture.Has("mei", {Role::kAdmin}));
  CHECK_FALSE(fixture.Has("mei", {Role::kSupport, Role::kReviewer, Role::kFinance}));
  CHECK(fixture.Revoke("mei", "li", Role::kAdmin) == "staff/li 0");
  fixture.Appoint({"mei", "li"});
  CHECK_FALSE(fixture.Has("li", {Role::kAdmin}));  // what two people decided stands
  CHECK(
      fixture.Acts("ROLE_GRANTED") ==
      std::vector<std::string>{"config staff/mei named by the configuration {\"role\":\"admin\"}",
                               "config staff/li named by the configuration {\"role\":\"admin\"}"});
}

TEST_CASE("roles are given and taken by others, with a reason on record",
          "[account][staff][R-09][A-23]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.Appoint({"mei"});
  CHECK(fixture.Grant("mei", "mei", Role::kReviewer) == "OWN_ROLE");
  CHECK(fixture.Revoke("mei", "mei", Role::kAdmin) == "OWN_ROLE");
  CHECK(fixture.Grant("mei", "li", Role::kSupport) == "staff/li 1");
  CHECK(fixture.Grant("mei", "li", Role::kSupport) == "ROLE_HELD");
  CHECK(fixture.Grant("mei", "li", Role::kReviewer) == "staff/li 2");
  CHECK(fixture.Revoke("mei", "li", Role::kFinance) == "ROLE_NOT_HELD");
  CHECK(fixture.Revoke("li", "mei", Role::kAdmin) == "LAST_ADMIN");
  CHECK(fixture.Revoke("mei", "li", Role::kSupport) == "staff/li 1");
  CHECK(fixture.Grant("mei", "li", Role::kSupport) == "staff/li 2");
  CHECK(fixture.Acts("ROLE_REVOKED") ==
        std::vector<std::string>{"operators/mei staff/li left {\"role\":\"support\"}"});
  CHECK(fixture.Acts("ROLE_GRANTED").size() == 4);
  const auto own = testing::RunTask(
      fixture.loop, fixture.pool.Query("INSERT INTO staff_roles VALUES "
                                       "('wu', 'admin', 'operators/wu', '2026-11-01', 'mine')"));
  CHECK_FALSE(own.ok());  // nor past the service
}

TEST_CASE("a repeated grant is answered as before", "[account][staff][X-07]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.Appoint({"mei"});
  const auto grant = [&fixture] {
    RoleChange change{"li", Role::kSupport, "joined"};
    Mutation<StaffMember> mutation = fixture.By("mei");
    mutation.key.request_id = "the-same";
    return Fixture::Said(
        testing::RunTask(fixture.loop, fixture.staff.Grant(std::move(change), mutation)));
  };
  CHECK(grant() == "staff/li 1");
  CHECK(grant() == "staff/li 1");
  CHECK(fixture.Acts("ROLE_GRANTED").size() == 2);
}

TEST_CASE("a role that was taken elsewhere is believed for a second at most",
          "[account][staff][A-2]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.Appoint({"mei"});
  CHECK(fixture.Knock(Fixture::Operator("li")) == "ROLE_MISSING");
  CHECK(fixture.Grant("mei", "li", Role::kSupport) == "staff/li 1");
  CHECK(fixture.Knock(Fixture::Operator("li")) == "OK");  // here it holds at once
  database->Execute(
      "UPDATE staff_roles SET revoked_by = 'operators/mei', revoked_at = '2026-11-01', "
      "revoke_reason = 'left' WHERE person = 'li'");
  CHECK(fixture.Knock(Fixture::Operator("li")) == "OK");
  fixture.machine_time += std::chrono::seconds(1);
  CHECK(fixture.Knock(Fixture::Operator("li")) == "ROLE_MISSING");
}

TEST_CASE("who is refused a method with roles is on record, and cannot fill it",
          "[account][staff][A-2][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  rpc::Caller account;
  account.kind = rpc::Caller::Kind::kAccount;
  account.account = "accounts/ac-1";
  account.service = "gateway";
  rpc::Caller service;
  service.kind = rpc::Caller::Kind::kService;
  service.service = "slot";
  for (int i = 0; i < 3; ++i) {
    CHECK(fixture.Knock(account) == "CALLER_NOT_ALLOWED");
    CHECK(fixture.Knock(service) == "CALLER_NOT_ALLOWED");
    CHECK(fixture.Knock(Fixture::Operator("")) == "ROLE_MISSING");
    // Who may not ask does not hear what was wrong with the question.
    CHECK(fixture.Knock(Fixture::Operator("li"), Refuse(kInvalidRequest)) == "ROLE_MISSING");
  }
  const std::string method = "houbu.test.v1.TestService/Help";
  CHECK(fixture.Acts("ACCESS_REFUSED") ==
        std::vector<std::string>{absl::StrCat("accounts/ac-1 ", method, " CALLER_NOT_ALLOWED {}"),
                                 absl::StrCat("services/slot ", method, " CALLER_NOT_ALLOWED {}"),
                                 absl::StrCat("operator ", method, " ROLE_MISSING {}"),
                                 absl::StrCat("operators/li ", method, " ROLE_MISSING {}")});
  for (int i = 0; i < 300; ++i) {
    account.account = absl::StrCat("accounts/ac-", i);
    fixture.Knock(account);
  }
  CHECK(fixture.Acts("ACCESS_REFUSED").size() == 200);
  fixture.machine_time += std::chrono::minutes(1);
  fixture.Knock(account);
  CHECK(fixture.Acts("ACCESS_REFUSED").size() == 201);
}

TEST_CASE("a role that is none keeps the service from starting", "[account][staff][A-2]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  CHECK(fixture.guard.Learn(fixture.rule).ok());
  fixture.rule.roles.push_back("root");
  CHECK(fixture.guard.Learn(fixture.rule).code() == absl::StatusCode::kFailedPrecondition);
}

TEST_CASE("two admins who take each other's role at once leave one", "[account][staff][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Fixture fixture(database->conninfo());
  fixture.Appoint({"mei", "li"});
  std::vector<std::string> said;
  const auto revoke = [&](const std::string& who, const std::string& whom) {
    RoleChange change{whom, Role::kAdmin, "left"};
    boost::asio::co_spawn(fixture.loop, fixture.staff.Revoke(std::move(change), fixture.By(who)),
                          [&said](std::exception_ptr, absl::StatusOr<std::string> answer) {
                            said.push_back(Fixture::Said(answer));
                          });
  };
  revoke("mei", "li");
  revoke("li", "mei");
  fixture.loop.restart();
  while (said.size() < 2 && fixture.loop.run_one() > 0) {
  }
  CHECK(fixture.Has("mei", {Role::kAdmin}) != fixture.Has("li", {Role::kAdmin}));
}

}  // namespace
}  // namespace houbu::account
