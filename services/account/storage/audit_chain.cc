#include "services/account/storage/audit_chain.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr char kAppend[] = R"sql(
  SELECT append_audit($1, $2, $3, $4, $5, $6) AS position)sql";

postgres::Parameters ParametersOf(const AuditEntry& entry, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(now).Add(entry.actor).Add(entry.act).Add(entry.subject).Add(entry.reason);
  parameters.Add(DetailJson(entry));
  return parameters;
}

AuditRecord RecordOf(const postgres::Row& row) {
  AuditRecord record;
  record.position = row.Int64("position");
  record.at = row.Time("at");
  record.actor = row.Text("actor");
  record.act = row.Text("act");
  record.subject = row.Text("subject");
  record.reason = row.Text("reason");
  record.detail = row.Text("detail");
  record.previous_hash = row.Text("previous_hash");
  record.hash = row.Text("hash");
  return record;
}

AuditHead HeadOf(const postgres::Row& row) {
  AuditHead head;
  head.number = row.Int64("number");
  head.position = row.Int64("position");
  head.hash = row.Text("hash");
  head.at = row.Time("at");
  head.key_id = row.Text("key_id");
  head.signature = row.Bytes("signature");
  return head;
}

}  // namespace

Task<void> AppendAudit(postgres::Transaction& transaction, AuditEntry entry, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const postgres::Result appended,
                      co_await transaction.Execute(kAppend, ParametersOf(entry, now)));
  co_return absl::OkStatus();
}

Task<void> PostgresAuditStore::Append(AuditEntry entry, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const postgres::Result appended,
                      co_await pool_.Query(kAppend, ParametersOf(entry, now)));
  co_return absl::OkStatus();
}

// One statement sees one state of the log: the end read with the last page is the end of that page,
// however much is appended meanwhile.
constexpr char kList[] = R"sql(
  SELECT log_end.position AS end_position, log_end.hash AS end_hash, found.position, found.at,
         found.actor, found.act, found.subject, found.reason, found.detail, found.previous_hash,
         found.hash
  FROM audit_end AS log_end
  LEFT JOIN (
    SELECT position, at, actor, act, subject, reason, detail, previous_hash, hash
    FROM audit_entries
    WHERE position > $1
      AND ($2 = '' OR subject = $2 OR starts_with(subject, $2 || '/'))
      AND ($3 = '' OR actor = $3)
      AND ($4::timestamptz IS NULL OR at >= $4)
      AND ($5::timestamptz IS NULL OR at < $5)
    ORDER BY position LIMIT $6) AS found ON true
  ORDER BY found.position)sql";

Task<AuditPage> PostgresAuditStore::List(AuditFilter filter, std::int64_t after, int limit) {
  postgres::Parameters parameters;
  parameters.Add(after).Add(filter.subject).Add(filter.actor).Add(filter.from).Add(filter.until);
  parameters.Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kList, std::move(parameters)));
  AuditPage page;
  for (int i = 0; i < result.rows(); ++i) {
    const postgres::Row row = result.row(i);
    page.end_position = row.Int64("end_position");
    page.end_hash = row.Text("end_hash");
    if (!row.IsNull("position")) {
      page.records.push_back(RecordOf(row));
    }
  }
  co_return page;
}

constexpr char kListHeads[] = R"sql(
  SELECT number, position, hash, at, key_id, signature FROM audit_heads
  WHERE number > $1 ORDER BY number LIMIT $2)sql";

Task<std::vector<AuditHead>> PostgresAuditStore::ListHeads(std::int64_t after, int limit) {
  postgres::Parameters parameters;
  parameters.Add(after).Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kListHeads, std::move(parameters)));
  std::vector<AuditHead> heads;
  for (int i = 0; i < result.rows(); ++i) {
    heads.push_back(HeadOf(result.row(i)));
  }
  co_return heads;
}

constexpr char kLastHead[] = R"sql(
  SELECT number, position, hash, at, key_id, signature FROM audit_heads
  ORDER BY number DESC LIMIT 1)sql";

Task<std::optional<AuditHead>> PostgresAuditStore::LastHead() {
  ASSIGN_OR_CO_RETURN(const postgres::Result result, co_await pool_.Query(kLastHead));
  if (result.empty()) {
    co_return std::nullopt;
  }
  co_return HeadOf(result.row(0));
}

constexpr char kAddHead[] = R"sql(
  INSERT INTO audit_heads (number, position, hash, at, key_id, signature)
  VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (number) DO NOTHING)sql";

Task<bool> PostgresAuditStore::AddHead(AuditHead head) {
  postgres::Parameters parameters;
  parameters.Add(head.number).Add(head.position).Add(head.hash).Add(head.at).Add(head.key_id);
  parameters.AddBytes(head.signature);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kAddHead, std::move(parameters)));
  co_return result.affected() == 1;
}

}  // namespace houbu::account
