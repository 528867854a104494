/// Attachments in PostgreSQL; their files and names sealed by the key of whom they are about.
#pragma once

#include "libs/async/worker_pool.h"
#include "libs/base/id.h"
#include "libs/postgres/pool.h"
#include "libs/postgres/unit_of_work.h"
#include "services/account/app/ports_attachments.h"
#include "services/account/storage/vault.h"

namespace houbu::account {

/// Keeps attachments, the rows of their files and the counts of uploads.
class PostgresAttachmentStore final : public AttachmentStore {
 public:
  /// Uses what it is given, which must outlive it; files are sealed and opened on `workers`.
  PostgresAttachmentStore(postgres::Pool& pool, const Vault& vault, IdSource& ids,
                          async::WorkerPool& workers)
      : pool_(pool), vault_(vault), ids_(ids), workers_(workers) {}

  Task<std::optional<std::string>> FindAnswer(RequestKey key) override;
  Task<bool> HasPassenger(std::string account, std::string passenger) override;
  Task<int> CountUpload(std::string account, absl::CivilDay day) override;
  Task<AttachmentUsage> UsageOf(std::string account) override;
  Task<FileDraft> Draft(std::string owner, std::shared_ptr<const std::string> content,
                        absl::Time now) override;
  Task<std::optional<Attachment>> FindSame(Attachment attachment) override;
  Task<std::string> Add(Attachment attachment, AttachmentLimits limits, Reply reply,
                        absl::Time now) override;
  Task<std::string> Repeat(Reply reply, absl::Time now) override;
  Task<Attachment> Load(std::string account, std::string id) override;
  Task<std::vector<Attachment>> List(std::string account, std::string after, int limit) override;
  Task<std::vector<Attachment>> ListForReview(ReviewFilter filter, std::string after,
                                              int limit) override;
  Task<std::string> Save(Attachment attachment, AuditEntry audit, Reply reply,
                         absl::Time now) override;
  Task<std::string> Remove(Attachment attachment, Reply reply, absl::Time now) override;
  Task<void> Note(AuditEntry audit, absl::Time now) override;
  Task<std::string> Open(Attachment attachment, std::string sealed) override;
  Task<std::vector<std::string>> Discard(absl::Time now, int limit) override;
  Task<void> Forget(std::string file) override;

 private:
  struct Sealing;

  Task<PersonKey> LoadKey(std::string owner);
  Task<Sealing> Seal(PersonKey key, std::string file, std::shared_ptr<const std::string> content);
  Task<std::vector<Attachment>> Query(std::string sql, postgres::Parameters parameters);
  absl::StatusOr<Attachment> AttachmentOf(const postgres::Row& row) const;

  postgres::Pool& pool_;
  const Vault& vault_;
  IdSource& ids_;
  async::WorkerPool& workers_;
};

}  // namespace houbu::account
