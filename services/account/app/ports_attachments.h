/// What attachments need of the outside: their record, the cell they are decoded in, the place
/// their files are kept.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"

#include "services/account/app/ports.h"
#include "services/account/domain/attachment.h"
#include "services/account/domain/audit.h"

namespace houbu::account {

/// Decodes files nobody trusts.
class Inspector {
 public:
  virtual ~Inspector() = default;

  /// Gives the file written anew, or why it is not taken. UNAVAILABLE when nothing can be decoded
  /// at the moment: that says nothing of the file.
  virtual Task<CleanFile> Inspect(std::shared_ptr<const std::string> bytes) = 0;
};

/// Where sealed files are kept, each under a name of ours ("fl-...") that says nothing.
class BlobStore {
 public:
  virtual ~BlobStore() = default;

  /// Keeps a file, in place of one of this name; on return it survives a crash of the machine.
  virtual Task<void> Put(std::string name, std::shared_ptr<const std::string> bytes) = 0;

  /// Returns a file; NOT_FOUND.
  virtual Task<std::string> Get(std::string name) = 0;

  /// Tells whether there is such a file.
  virtual Task<bool> Has(std::string name) = 0;

  /// Removes a file; safe to repeat.
  virtual Task<void> Remove(std::string name) = 0;
};

/// A file on its way into the blob store. Its row is written before the blob, so that no blob is
/// ever without one and nothing needs to be searched for.
struct FileDraft {
  std::string id;        ///< "fl-..."; what it is called in the blob store.
  bool is_kept = false;  ///< The same content of the same person is there already.
  std::shared_ptr<const std::string> sealed;  ///< What is to be kept; null when is_kept.
};

/// Which attachments are listed.
struct ReviewFilter {
  AttachmentState state = AttachmentState::kPending;
  std::optional<AttachmentKind> kind;
};

/// What a download link says.
struct LinkClaim {
  std::string account;     ///< "ac-...": whose attachment it is.
  std::string attachment;  ///< "at-...".
  absl::Time expires_at;   ///< Whole seconds.
};

/// Signs download links, and knows its own again.
class LinkSigner {
 public:
  virtual ~LinkSigner() = default;

  /// Writes the claim as a token for a URL.
  virtual std::string Sign(const LinkClaim& claim) const = 0;

  /// Reads a token; nothing when it is not one of ours, whatever is wrong with it. Whether it still
  /// holds is for the caller to see.
  virtual std::optional<LinkClaim> Read(absl::string_view token) const = 0;
};

/// Where attachments are kept.
class AttachmentStore : public Answers {
 public:
  /// Tells whether a passenger is one of an account's.
  virtual Task<bool> HasPassenger(std::string account, std::string passenger) = 0;

  /// Counts one more upload of an account on a day; returns how many that makes.
  virtual Task<int> CountUpload(std::string account, absl::CivilDay day) = 0;

  /// Returns how much an account has attached.
  virtual Task<AttachmentUsage> UsageOf(std::string account) = 0;

  /// Seals a file by its owner's key and makes its row, or finds that the same file of the same
  /// owner is kept already. ATTACHMENT_NOT_FOUND when the owner was erased.
  virtual Task<FileDraft> Draft(std::string owner, std::shared_ptr<const std::string> content,
                                absl::Time now) = 0;

  /// Returns the live attachment of the same account, passenger, kind and file that is not
  /// rejected; nothing when there is none.
  virtual Task<std::optional<Attachment>> FindSame(Attachment attachment) = 0;

  /// Records an attachment whose file is kept by now, within the account's limits, or only the
  /// reply where it is recorded already. ATTACHMENT_CHANGED when its file was swept or the same
  /// was recorded meanwhile.
  virtual Task<std::string> Add(Attachment attachment, AttachmentLimits limits, Reply reply,
                                absl::Time now) = 0;

  /// Records the reply to a request that changed nothing.
  virtual Task<std::string> Repeat(Reply reply, absl::Time now) = 0;

  /// Returns an attachment of an account; ATTACHMENT_NOT_FOUND.
  virtual Task<Attachment> Load(std::string account, std::string id) = 0;

  /// Returns an account's attachments after `after`, oldest first.
  virtual Task<std::vector<Attachment>> List(std::string account, std::string after, int limit) = 0;

  /// Returns attachments of all accounts after `after`, oldest first.
  virtual Task<std::vector<Attachment>> ListForReview(ReviewFilter filter, std::string after,
                                                      int limit) = 0;

  /// Replaces an attachment under its version (it carries the next one), with its entry in
  /// the audit log; ATTACHMENT_CHANGED.
  virtual Task<std::string> Save(Attachment attachment, AuditEntry audit, Reply reply,
                                 absl::Time now) = 0;

  /// Removes an attachment; its file goes by the sweeper.
  virtual Task<std::string> Remove(Attachment attachment, Reply reply, absl::Time now) = 0;

  /// Records an act that changes nothing in the audit log.
  virtual Task<void> Note(AuditEntry audit, absl::Time now) = 0;

  /// Opens a kept file of an attachment; DATA_LOSS when it was altered, ATTACHMENT_NOT_FOUND when
  /// its owner was erased.
  virtual Task<std::string> Open(Attachment attachment, std::string sealed) = 0;

  /// Takes up to `limit` files out of use that no attachment has and nobody drafted within
  /// kDraftLife before `now`; returns those whose blobs are to be removed, of earlier rounds too.
  virtual Task<std::vector<std::string>> Discard(absl::Time now, int limit) = 0;

  /// Forgets a file whose blob is removed.
  virtual Task<void> Forget(std::string file) = 0;
};

}  // namespace houbu::account
