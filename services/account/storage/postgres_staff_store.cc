#include "services/account/storage/postgres_staff_store.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/storage/audit_chain.h"

namespace houbu::account {
namespace {

// Ordered by person: rows of one are together.
std::vector<StaffMember> MembersOf(const postgres::Result& result) {
  std::vector<StaffMember> members;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    if (members.empty() || members.back().person != row.Text("person")) {
      members.emplace_back();
      members.back().person = row.Text("person");
    }
    const std::optional<Role> role = ParseRole(row.Text("role"));
    if (!role.has_value()) {
      continue;  // a newer program's
    }
    RoleGrant grant;
    grant.role = *role;
    grant.granted_by = row.Text("granted_by");
    grant.granted_at = row.Time("granted_at");
    grant.reason = row.Text("grant_reason");
    members.back().grants.push_back(std::move(grant));
  }
  return members;
}

constexpr char kLoad[] = R"sql(
  SELECT person, role, granted_by, granted_at, grant_reason FROM staff_roles
  WHERE person = $1 AND revoked_at IS NULL ORDER BY role)sql";

postgres::Parameters OnlyPerson(const std::string& person) {
  postgres::Parameters parameters;
  parameters.Add(person);
  return parameters;
}

StaffMember MemberIn(const postgres::Result& result, std::string person) {
  std::vector<StaffMember> members = MembersOf(result);
  if (!members.empty()) {
    return std::move(members.front());
  }
  StaffMember member;
  member.person = std::move(person);
  return member;
}

}  // namespace

Task<std::optional<std::string>> PostgresStaffStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

Task<StaffMember> PostgresStaffStore::Load(std::string person) {
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoad, OnlyPerson(person)));
  co_return MemberIn(result, std::move(person));
}

constexpr char kList[] = R"sql(
  SELECT person, role, granted_by, granted_at, grant_reason FROM staff_roles
  WHERE revoked_at IS NULL AND person IN (
    SELECT DISTINCT person FROM staff_roles
    WHERE revoked_at IS NULL AND person > $1 ORDER BY person LIMIT $2)
  ORDER BY person, role)sql";

Task<std::vector<StaffMember>> PostgresStaffStore::List(std::string after, int limit) {
  postgres::Parameters parameters;
  parameters.Add(after).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kList, std::move(parameters)));
  co_return MembersOf(result);
}

constexpr char kGrant[] = R"sql(
  INSERT INTO staff_roles (person, role, granted_by, granted_at, grant_reason)
  VALUES ($1, $2, $3, $4, $5))sql";

Task<std::string> PostgresStaffStore::Grant(RoleChange change, AuditEntry audit,
                                            Mutation<StaffMember> mutation, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, mutation.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters;
  parameters.Add(change.person).Add(NameOf(change.role)).Add(audit.actor).Add(now);
  parameters.Add(change.reason);
  const absl::StatusOr<postgres::Result> granted =
      co_await work.transaction().Execute(kGrant, std::move(parameters));
  if (postgres::ConstraintOf(granted.status()) == "staff_roles_held") {
    co_return Refuse(kRoleHeld);
  }
  CO_RETURN_IF_ERROR(granted.status());
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await work.transaction().Execute(kLoad, OnlyPerson(change.person)));
  const std::string answer = mutation.render(MemberIn(result, change.person));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
  co_return answer;
}

// Held until the commit: of two admins who take each other's role at once, one stays.
constexpr char kHoldAdmins[] = R"sql(
  SELECT person FROM staff_roles WHERE role = 'admin' AND revoked_at IS NULL
  ORDER BY person FOR UPDATE)sql";

constexpr char kRevoke[] = R"sql(
  UPDATE staff_roles SET revoked_by = $3, revoked_at = $4, revoke_reason = $5
  WHERE person = $1 AND role = $2 AND revoked_at IS NULL)sql";

Task<std::string> PostgresStaffStore::Revoke(RoleChange change, AuditEntry audit,
                                             Mutation<StaffMember> mutation, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, mutation.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  ASSIGN_OR_CO_RETURN(const postgres::Result admins,
                      co_await work.transaction().Execute(kHoldAdmins));
  postgres::Parameters parameters;
  parameters.Add(change.person).Add(NameOf(change.role)).Add(audit.actor).Add(now);
  parameters.Add(change.reason);
  ASSIGN_OR_CO_RETURN(const postgres::Result revoked,
                      co_await work.transaction().Execute(kRevoke, std::move(parameters)));
  if (revoked.affected() == 0) {
    co_return Refuse(kRoleNotHeld);
  }
  if (change.role == Role::kAdmin && admins.rows() <= 1) {
    co_return Refuse(kLastAdmin);
  }
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await work.transaction().Execute(kLoad, OnlyPerson(change.person)));
  const std::string answer = mutation.render(MemberIn(result, change.person));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(answer, now));
  co_return answer;
}

constexpr char kAppoint[] = R"sql(
  INSERT INTO staff_roles (person, role, granted_by, granted_at, grant_reason)
  SELECT $1, 'admin', 'config', $2, 'named by the configuration'
  WHERE NOT EXISTS (SELECT 1 FROM staff_roles WHERE person = $1 AND role = 'admin')
  ON CONFLICT DO NOTHING)sql";

Task<void> PostgresStaffStore::Appoint(std::string person, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  postgres::Parameters parameters;
  parameters.Add(person).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result appointed,
                      co_await transaction.Execute(kAppoint, std::move(parameters)));
  if (appointed.affected() == 0) {
    co_return absl::OkStatus();
  }
  AuditEntry audit;
  audit.actor = "config";
  audit.act = "ROLE_GRANTED";
  audit.subject = "staff/" + person;
  audit.reason = "named by the configuration";
  audit.detail["role"] = "admin";
  CO_RETURN_IF_ERROR(co_await AppendAudit(transaction, std::move(audit), now));
  co_return co_await transaction.Commit();
}

}  // namespace houbu::account
