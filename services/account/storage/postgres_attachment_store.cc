#include "services/account/storage/postgres_attachment_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "libs/base/status_macros.h"
#include "libs/postgres/errors.h"
#include "services/account/storage/audit_chain.h"

namespace houbu::account {
namespace {

constexpr char kName[] = "attachments/file_name";

constexpr char kAttachments[] = R"sql(
  SELECT a.id, account_id, passenger_id, a.owner, version, kind, state, reason, file_name, file_id,
         media_type, width, height, pages, size, a.created_at, reviewed_at, wrapped
  FROM attachments a JOIN person_keys k ON k.owner = a.owner AND wrapped IS NOT NULL)sql";

// What is there once the first of one kind is asked for.
std::optional<Attachment> FirstOf(std::vector<Attachment> found) {
  if (found.empty()) {
    return std::nullopt;
  }
  return std::move(found.front());
}

}  // namespace

absl::StatusOr<Attachment> PostgresAttachmentStore::AttachmentOf(const postgres::Row& row) const {
  Attachment attachment;
  attachment.id = row.Text("id");
  attachment.account = row.Text("account_id");
  attachment.passenger = row.Text("passenger_id");
  attachment.version = row.Int64("version");
  ASSIGN_OR_RETURN(attachment.kind, ParseAttachmentKind(row.Text("kind")));
  ASSIGN_OR_RETURN(attachment.state, ParseAttachmentState(row.Text("state")));
  attachment.reason = row.Text("reason");
  ASSIGN_OR_RETURN(const PersonKey key, vault_.KeyOf(row.Text("owner"), row.Bytes("wrapped")));
  ASSIGN_OR_RETURN(attachment.file_name, key.Open(row.Bytes("file_name"), kName, attachment.id));
  attachment.file = row.Text("file_id");
  ASSIGN_OR_RETURN(attachment.type, ParseMediaType(row.Text("media_type")));
  attachment.width = static_cast<std::uint32_t>(row.Int64("width"));
  attachment.height = static_cast<std::uint32_t>(row.Int64("height"));
  attachment.pages = row.Int32("pages");
  attachment.size = row.Int64("size");
  attachment.created_at = row.Time("created_at");
  attachment.reviewed_at = row.OptionalTime("reviewed_at").value_or(absl::Time());
  return attachment;
}

Task<std::vector<Attachment>> PostgresAttachmentStore::Query(std::string sql,
                                                             postgres::Parameters parameters) {
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(std::move(sql), std::move(parameters)));
  std::vector<Attachment> attachments;
  for (int i = 0; i < result.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Attachment attachment, AttachmentOf(result.row(i)));
    attachments.push_back(std::move(attachment));
  }
  co_return attachments;
}

Task<std::optional<std::string>> PostgresAttachmentStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kHasPassenger[] = R"sql(
  SELECT id FROM passengers WHERE account_id = $1 AND id = $2 AND removed_at IS NULL)sql";

Task<bool> PostgresAttachmentStore::HasPassenger(std::string account, std::string passenger) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(passenger);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kHasPassenger, std::move(parameters)));
  co_return !result.empty();
}

constexpr char kCountUpload[] = R"sql(
  INSERT INTO attachment_uploads (account_id, day, uploads) VALUES ($1, $2, 1)
  ON CONFLICT (account_id, day) DO UPDATE SET uploads = attachment_uploads.uploads + 1
  RETURNING uploads)sql";

Task<int> PostgresAttachmentStore::CountUpload(std::string account, absl::CivilDay day) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(FormatCivilDay(day));
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kCountUpload, std::move(parameters)));
  co_return result.row(0).Int32("uploads");
}

constexpr char kUsage[] = R"sql(
  SELECT count(*) AS count, coalesce(sum(size), 0)::bigint AS bytes
  FROM attachments WHERE account_id = $1)sql";

Task<AttachmentUsage> PostgresAttachmentStore::UsageOf(std::string account) {
  postgres::Parameters parameters;
  parameters.Add(account);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kUsage, std::move(parameters)));
  AttachmentUsage usage;
  usage.count = static_cast<int>(result.row(0).Int64("count"));
  usage.bytes = result.row(0).Int64("bytes");
  co_return usage;
}

Task<std::optional<Attachment>> PostgresAttachmentStore::FindSame(Attachment attachment) {
  postgres::Parameters parameters;
  parameters.Add(attachment.account).Add(attachment.passenger).Add(NameOf(attachment.kind));
  parameters.Add(attachment.file);
  std::string sql = absl::StrCat(kAttachments,
                                 " WHERE account_id = $1 AND passenger_id = $2 AND kind = $3"
                                 " AND file_id = $4 AND state <> 'REJECTED'");
  ASSIGN_OR_CO_RETURN(std::vector<Attachment> found,
                      co_await Query(std::move(sql), std::move(parameters)));
  co_return FirstOf(std::move(found));
}

// Uploads of one account wait for each other here, so that none slips past the limits.
constexpr char kLockAccount[] = R"sql(
  SELECT id FROM accounts WHERE id = $1 FOR NO KEY UPDATE)sql";

constexpr char kKeepFile[] = R"sql(
  UPDATE attachment_files SET kept = true, drafted_at = greatest(drafted_at, $2)
  WHERE id = $1 AND discarded_at IS NULL)sql";

constexpr char kInsertAttachment[] = R"sql(
  INSERT INTO attachments (id, account_id, passenger_id, owner, version, kind, state, reason,
                           file_name, file_id, media_type, width, height, pages, size, created_at)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16))sql";

Task<std::string> PostgresAttachmentStore::Add(Attachment attachment, AttachmentLimits limits,
                                               Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(const PersonKey key, co_await LoadKey(OwnerOf(attachment)));
  postgres::Parameters insert;
  insert.Add(attachment.id).Add(attachment.account).Add(attachment.passenger);
  insert.Add(OwnerOf(attachment)).Add(attachment.version).Add(NameOf(attachment.kind));
  insert.Add(NameOf(attachment.state)).Add(attachment.reason);
  insert.AddBytes(key.Seal(attachment.file_name, kName, attachment.id)).Add(attachment.file);
  insert.Add(MediaTypeOf(attachment.type)).Add(std::int64_t{attachment.width});
  insert.Add(std::int64_t{attachment.height}).Add(attachment.pages).Add(attachment.size);
  insert.Add(attachment.created_at);
  postgres::Parameters account;
  account.Add(attachment.account);
  postgres::Parameters same_account = account;
  postgres::Parameters file;
  file.Add(attachment.file).Add(now);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kLockAccount, std::move(account)));
  ASSIGN_OR_CO_RETURN(const postgres::Result used,
                      co_await work.transaction().Execute(kUsage, std::move(same_account)));
  AttachmentUsage usage;
  usage.count = static_cast<int>(used.row(0).Int64("count"));
  usage.bytes = used.row(0).Int64("bytes");
  CO_RETURN_IF_ERROR(CheckRoom(usage, attachment.size, limits));
  ASSIGN_OR_CO_RETURN(const postgres::Result kept,
                      co_await work.transaction().Execute(kKeepFile, std::move(file)));
  if (kept.affected() == 0) {
    co_return Refuse(kAttachmentChanged);
  }
  const absl::StatusOr<postgres::Result> inserted =
      co_await work.transaction().Execute(kInsertAttachment, std::move(insert));
  if (postgres::ConstraintOf(inserted.status()) == "attachments_same") {
    co_return Refuse(kAttachmentChanged);
  }
  CO_RETURN_IF_ERROR(inserted.status());
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<std::string> PostgresAttachmentStore::Repeat(Reply reply, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<Attachment> PostgresAttachmentStore::Load(std::string account, std::string id) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(id);
  std::string sql = absl::StrCat(kAttachments, " WHERE account_id = $1 AND a.id = $2");
  ASSIGN_OR_CO_RETURN(std::vector<Attachment> found,
                      co_await Query(std::move(sql), std::move(parameters)));
  if (found.empty()) {
    co_return Refuse(kAttachmentNotFound);
  }
  co_return std::move(found.front());
}

Task<std::vector<Attachment>> PostgresAttachmentStore::List(std::string account, std::string after,
                                                            int limit) {
  postgres::Parameters parameters;
  parameters.Add(account).Add(after).Add(limit);
  return Query(
      absl::StrCat(kAttachments, " WHERE account_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3"),
      std::move(parameters));
}

Task<std::vector<Attachment>> PostgresAttachmentStore::ListForReview(ReviewFilter filter,
                                                                     std::string after, int limit) {
  std::optional<std::string> kind;
  if (filter.kind.has_value()) {
    kind = std::string(NameOf(*filter.kind));
  }
  postgres::Parameters parameters;
  parameters.Add(NameOf(filter.state)).Add(kind).Add(after).Add(limit);
  return Query(absl::StrCat(kAttachments,
                            " WHERE state = $1 AND ($2::text IS NULL OR kind = $2) AND a.id > $3"
                            " ORDER BY a.id LIMIT $4"),
               std::move(parameters));
}

constexpr char kUpdateAttachment[] = R"sql(
  UPDATE attachments SET version = $2, state = $3, reason = $4, reviewed_at = $5
  WHERE id = $1 AND version = $2 - 1)sql";

Task<std::string> PostgresAttachmentStore::Save(Attachment attachment, AuditEntry audit,
                                                Reply reply, absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(attachment.id).Add(attachment.version).Add(NameOf(attachment.state));
  parameters.Add(attachment.reason).Add(attachment.reviewed_at);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  ASSIGN_OR_CO_RETURN(const postgres::Result saved, co_await work.transaction().Execute(
                                                        kUpdateAttachment, std::move(parameters)));
  if (saved.affected() == 0) {
    co_return Refuse(kAttachmentChanged);
  }
  CO_RETURN_IF_ERROR(co_await AppendAudit(work.transaction(), std::move(audit), now));
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

constexpr char kDeleteAttachment[] = R"sql(
  DELETE FROM attachments WHERE id = $1 AND account_id = $2)sql";

Task<std::string> PostgresAttachmentStore::Remove(Attachment attachment, Reply reply,
                                                  absl::Time now) {
  postgres::Parameters parameters;
  parameters.Add(attachment.id).Add(attachment.account);
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, reply.key));
  if (work.answer().has_value()) {
    co_return *work.answer();
  }
  ASSIGN_OR_CO_RETURN(
      const postgres::Result removed,
      co_await work.transaction().Execute(kDeleteAttachment, std::move(parameters)));
  if (removed.affected() == 0) {
    co_return Refuse(kAttachmentNotFound);
  }
  CO_RETURN_IF_ERROR(co_await work.Commit(reply.answer, now));
  co_return reply.answer;
}

Task<void> PostgresAttachmentStore::Note(AuditEntry audit, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  CO_RETURN_IF_ERROR(co_await AppendAudit(transaction, std::move(audit), now));
  co_return co_await transaction.Commit();
}

}  // namespace houbu::account
