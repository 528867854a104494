// The files of attachments: sealed, found again by their content, and swept.
#include <functional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/base/civil.h"
#include "services/account/storage/postgres_attachment_store.h"

namespace houbu::account {
namespace {

constexpr char kFile[] = "attachments/file";
constexpr char kContent[] = "attachments/content/";

}  // namespace

/// A sealed file and what its content is found again by.
struct PostgresAttachmentStore::Sealing {
  std::string index;
  std::string box;
};

constexpr char kLoadKey[] = R"sql(
  SELECT wrapped FROM person_keys WHERE owner = $1 AND wrapped IS NOT NULL)sql";

Task<PersonKey> PostgresAttachmentStore::LoadKey(std::string owner) {
  postgres::Parameters parameters;
  parameters.Add(owner);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kLoadKey, std::move(parameters)));
  if (result.empty()) {
    co_return Refuse(kAttachmentNotFound);
  }
  co_return vault_.KeyOf(std::move(owner), result.row(0).Bytes("wrapped"));
}

Task<PostgresAttachmentStore::Sealing> PostgresAttachmentStore::Seal(
    PersonKey key, std::string file, std::shared_ptr<const std::string> content) {
  std::function<absl::StatusOr<Sealing>()> work =
      [this, key = std::move(key), file = std::move(file), content = std::move(content)] {
        Sealing sealing;
        sealing.index = vault_.IndexOf(absl::StrCat(kContent, key.owner()), *content);
        sealing.box = key.Seal(*content, kFile, file);
        return absl::StatusOr<Sealing>(std::move(sealing));
      };
  return async::OnPool<Sealing>(workers_, std::move(work));
}

// The row of the same content, if it is there, counts as drafted anew: it is not swept meanwhile.
constexpr char kDraft[] = R"sql(
  INSERT INTO attachment_files (id, owner, content_index, kept, drafted_at)
  VALUES ($1, $2, $3, false, $4)
  ON CONFLICT (owner, content_index) WHERE discarded_at IS NULL
  DO UPDATE SET drafted_at = greatest(attachment_files.drafted_at, excluded.drafted_at)
  RETURNING id, kept)sql";

Task<FileDraft> PostgresAttachmentStore::Draft(std::string owner,
                                               std::shared_ptr<const std::string> content,
                                               absl::Time now) {
  ASSIGN_OR_CO_RETURN(const PersonKey key, co_await LoadKey(owner));
  const std::string fresh = ids_.Next("fl");
  ASSIGN_OR_CO_RETURN(Sealing sealing, co_await Seal(key, fresh, content));
  postgres::Parameters parameters;
  parameters.Add(fresh).Add(owner).Add(sealing.index).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kDraft, std::move(parameters)));
  FileDraft draft;
  draft.id = result.row(0).Text("id");
  draft.is_kept = result.row(0).Bool("kept");
  if (draft.id != fresh && !draft.is_kept) {
    // An earlier try left its row, and a box is bound to the name of its row.
    ASSIGN_OR_CO_RETURN(sealing, co_await Seal(key, draft.id, content));
  }
  if (!draft.is_kept) {
    draft.sealed = std::make_shared<const std::string>(std::move(sealing.box));
  }
  co_return draft;
}

Task<std::string> PostgresAttachmentStore::Open(Attachment attachment, std::string sealed) {
  ASSIGN_OR_CO_RETURN(PersonKey key, co_await LoadKey(OwnerOf(attachment)));
  std::function<absl::StatusOr<std::string>()> work = [key = std::move(key), file = attachment.file,
                                                       sealed = std::move(sealed)] {
    return key.Open(sealed, kFile, file);
  };
  co_return co_await async::OnPool<std::string>(workers_, std::move(work));
}

constexpr char kDiscard[] = R"sql(
  UPDATE attachment_files SET discarded_at = $2
  WHERE id IN (
    SELECT id FROM attachment_files f
    WHERE drafted_at < $1 AND discarded_at IS NULL
      AND NOT EXISTS (SELECT FROM attachments WHERE file_id = f.id)
    ORDER BY drafted_at LIMIT $3 FOR UPDATE SKIP LOCKED))sql";

constexpr char kDiscarded[] = R"sql(
  SELECT id FROM attachment_files WHERE discarded_at IS NOT NULL
  ORDER BY discarded_at LIMIT $1)sql";

constexpr char kForgetUploads[] = R"sql(
  DELETE FROM attachment_uploads WHERE day < $1::date - 1)sql";

Task<std::vector<std::string>> PostgresAttachmentStore::Discard(absl::Time now, int limit) {
  const absl::Time before = now - kDraftLife;
  postgres::Parameters discard;
  discard.Add(before).Add(now).Add(limit);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kDiscard, std::move(discard)));
  postgres::Parameters uploads;
  uploads.Add(FormatCivilDay(absl::ToCivilDay(before, absl::UTCTimeZone())));
  CO_RETURN_IF_ERROR(co_await pool_.Query(kForgetUploads, std::move(uploads)));
  postgres::Parameters parameters;
  parameters.Add(limit);
  ASSIGN_OR_CO_RETURN(const postgres::Result result,
                      co_await pool_.Query(kDiscarded, std::move(parameters)));
  std::vector<std::string> files;
  for (int i = 0; i < result.rows(); ++i) {
    files.push_back(result.row(i).Text("id"));
  }
  co_return files;
}

constexpr char kForget[] = R"sql(
  DELETE FROM attachment_files WHERE id = $1 AND discarded_at IS NOT NULL)sql";

Task<void> PostgresAttachmentStore::Forget(std::string file) {
  postgres::Parameters parameters;
  parameters.Add(file);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kForget, std::move(parameters)));
  co_return absl::OkStatus();
}

}  // namespace houbu::account
