#include "services/account/storage/postgres_erasure_store.h"

#include <algorithm>
#include <utility>

#include "libs/async/status_macros.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "services/account/storage/audit_chain.h"
#include "services/account/storage/erasure_rows.h"
#include "services/account/storage/revocation_rows.h"
#include "services/account/storage/session_rows.h"

namespace houbu::account {
namespace {

constexpr char kReason[] = "ERASURE";

absl::StatusOr<Erasure> ErasureOf(const postgres::Row& row) {
  Erasure erasure;
  erasure.id = row.Text("id");
  erasure.account = row.Text("account_id");
  ASSIGN_OR_RETURN(erasure.state, ParseErasureState(row.Text("state")));
  erasure.asked_at = row.Time("asked_at");
  erasure.erase_at = row.Time("erase_at");
  erasure.due_at = row.Time("due_at");
  return erasure;
}

absl::StatusOr<std::vector<Erasure>> ErasuresIn(const postgres::Result& result) {
  std::vector<Erasure> erasures;
  for (int i = 0; i < result.rows(); ++i) {
    ASSIGN_OR_RETURN(Erasure erasure, ErasureOf(result.row(i)));
    erasures.push_back(std::move(erasure));
  }
  return erasures;
}

}  // namespace

Task<std::optional<std::string>> PostgresErasureStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kFind[] = R"sql(
  SELECT id, account_id, state, asked_at, erase_at, due_at
  FROM erasures WHERE account_id = $1 ORDER BY id DESC LIMIT 1)sql";

Task<std::optional<Erasure>> PostgresErasureStore::Find(std::string account) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kFind, std::move(parameters)));
  if (result.empty()) {
    co_return std::nullopt;
  }
  ASSIGN_OR_CO_RETURN(Erasure erasure, ErasureOf(result.row(0)));
  co_return erasure;
}

Task<void> PostgresErasureStore::Tell(postgres::UnitOfWork& work, Erasure erasure, absl::Time now) {
  for (postgres::OutboxCall& call : encode_(erasure, ids_, now)) {
    CO_RETURN_IF_ERROR(co_await work.Enqueue(std::move(call)));
  }
  co_return absl::OkStatus();
}

constexpr char kInsert[] = R"sql(
  INSERT INTO erasures (id, account_id, state, asked_at, erase_at, due_at)
  VALUES ($1, $2, 'ASKED', $3, $4, $5))sql";

Task<std::string> PostgresErasureStore::Ask(Erasure erasure, AuditEntry audit, Reply reply,
                                            absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  postgres::Parameters parameters;
  parameters.Add(erasure.id).Add(erasure.account).Add(erasure.asked_at);
  parameters.Add(erasure.erase_at).Add(erasure.due_at);
  const absl::StatusOr<postgres::Result> inserted =
      co_await work.transaction().Execute(kInsert, std::move(parameters));
  if (postgres::ConstraintOf(inserted.status()) == "erasures_open") {
    co_return Refuse(kErasureChanged);
  }
  CO_RETURN_IF_ERROR(inserted.status());
  CO_RETURN_IF_ERROR(co_await Tell(work, erasure, now));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await EndSessions(work.transaction(), erasure.account, "", kReason, now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<std::string> PostgresErasureStore::Repeat(Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kEnd[] = R"sql(
  UPDATE erasures SET state = $3, ended_at = $4 WHERE id = $1 AND state = $2)sql";

/// Ends an erasure in the state it carries; `gone_on` when it is not in `before` any more.
Task<void> EndRow(postgres::Transaction& transaction, Erasure erasure, ErasureState before,
                  const Refusal& gone_on, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(erasure.id).Add(NameOf(before)).Add(NameOf(erasure.state)).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result ended,
                      co_await transaction.Execute(kEnd, std::move(parameters)));
  co_return ended.affected() == 0 ? Refuse(gone_on) : absl::OkStatus();
}

Task<std::string> PostgresErasureStore::Cancel(Erasure erasure, AuditEntry audit, Reply reply,
                                               absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(
      co_await EndRow(work.transaction(), erasure, ErasureState::kAsked, kErasureNotAsked, now));
  CO_RETURN_IF_ERROR(co_await Tell(work, std::move(erasure), now));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kListDue[] = R"sql(
  SELECT id, account_id, state, asked_at, erase_at, due_at
  FROM erasures WHERE state IN ('ASKED', 'CLOSING') AND due_at <= $1
  ORDER BY due_at, id LIMIT $2)sql";

Task<std::vector<Erasure>> PostgresErasureStore::ListDue(absl::Time now, int limit) {
  postgres::Parameters parameters;
  parameters.Add(now).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListDue, std::move(parameters)));
  co_return ErasuresIn(result);
}

// Against sign-ins, which hold the account's row while they look whether it is closing.
constexpr char kHoldAccount[] = "SELECT id FROM accounts WHERE id = $1 FOR UPDATE";

constexpr char kClose[] = R"sql(
  UPDATE erasures SET state = 'CLOSING', due_at = $2 WHERE id = $1 AND state = 'ASKED')sql";

Task<void> PostgresErasureStore::Close(Erasure erasure, AuditEntry audit, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::nullopt));
  postgres::Parameters hold;
  hold.Add(erasure.account);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kHoldAccount, std::move(hold)));
  postgres::Parameters parameters;
  parameters.Add(erasure.id).Add(erasure.due_at);
  ASSIGN_OR_CO_RETURN(const postgres::Result closed,
                      co_await work.transaction().Execute(kClose, std::move(parameters)));
  if (closed.affected() == 0) {
    co_return Refuse(kErasureChanged);
  }
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await EndSessions(work.transaction(), erasure.account, "", kReason, now));
  CO_RETURN_IF_ERROR(co_await RevokeAccount(work.transaction(), erasure.account, now));
  co_return co_await work.Commit("", now);
}

Task<void> PostgresErasureStore::Stop(Erasure erasure, AuditEntry audit, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::nullopt));
  CO_RETURN_IF_ERROR(
      co_await EndRow(work.transaction(), erasure, ErasureState::kClosing, kErasureChanged, now));
  CO_RETURN_IF_ERROR(co_await Tell(work, std::move(erasure), now));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  co_return co_await work.Commit("", now);
}

Task<void> PostgresErasureStore::Erase(Erasure erasure, AuditEntry audit, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::nullopt));
  CO_RETURN_IF_ERROR(
      co_await EndRow(work.transaction(), erasure, ErasureState::kClosing, kErasureChanged, now));
  CO_RETURN_IF_ERROR(co_await EraseRows(work.transaction(), erasure.account, now));
  CO_RETURN_IF_ERROR(co_await Tell(work, erasure, now));
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await RevokeAccount(work.transaction(), erasure.account, now));
  co_return co_await work.Commit("", now);
}

constexpr char kCountOpen[] = R"sql(
  SELECT count(*) AS open, coalesce(min(due_at), $1) AS due_at
  FROM erasures WHERE state IN ('ASKED', 'CLOSING'))sql";

Task<ErasureBacklog> PostgresErasureStore::CountOpen(absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountOpen, std::move(parameters)));
  ErasureBacklog backlog;
  backlog.open = static_cast<int>(result.row(0).Int64("open"));
  backlog.overdue = std::max(now - result.row(0).Time("due_at"), absl::ZeroDuration());
  co_return backlog;
}

}  // namespace houbu::account
