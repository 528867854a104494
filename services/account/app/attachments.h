/// Attaching documents, looking at them, and deciding on them.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "services/account/app/ports_attachments.h"
#include "services/account/app/ports_consent.h"

namespace houbu::account {

/// What somebody wants to attach.
struct Upload {
  std::string account;
  std::string passenger;  ///< Empty for the account's holder.
  AttachmentKind kind = AttachmentKind::kPassportScan;
  std::string file_name;  ///< As it was typed.
  std::shared_ptr<const std::string> content;
};

/// What staff say of an attachment.
struct Decision {
  std::string account;
  std::string id;
  std::int64_t version = 0;  ///< Of what they looked at.
  Review review;
  std::string person;  ///< Who decides; empty is refused.
};

/// A link to a file.
struct DownloadLink {
  std::string token;
  absl::Time expires_at;
};

/// A file as it is handed out.
struct Download {
  Attachment attachment;
  std::string content;
};

/// Staff whose certificate names nobody decide nothing: somebody must answer for it.
inline constexpr Refusal kReviewerNeeded{
    absl::StatusCode::kPermissionDenied, "PERSON_NEEDED",
    "Only a person may do this: use a certificate that names you."};

/// What attachments are made of besides their record.
struct AttachmentParts {
  AttachmentStore& store;
  Inspector& inspector;
  BlobStore& blobs;
  const LinkSigner& links;
  ConsentCheck& consents;
};

/// Keeps attachments.
class Attachments final {
 public:
  /// Uses what it is given, which must outlive it.
  Attachments(AttachmentParts parts, const Clock& clock, IdSource& ids, AttachmentLimits limits)
      : parts_(parts), clock_(clock), ids_(ids), limits_(limits) {}

  /// Lets an upload begin, before a byte of it is read: TOO_MANY_UPLOADS, ATTACHMENTS_FULL,
  /// PASSENGER_NOT_FOUND, CONSENT_REQUIRED for what tells of health.
  Task<void> Admit(std::string account, std::string passenger, AttachmentKind kind);

  /// Attaches a file; gives the answer's bytes. Refuses what the file is or holds, each with its
  /// reason. The same file for the same purpose is the attachment that is there.
  Task<std::string> Add(Upload upload, Mutation<Attachment> mutation);

  /// Returns an attachment of an account; ATTACHMENT_NOT_FOUND.
  Task<Attachment> Get(std::string account, std::string id);

  /// Returns an account's attachments, oldest first.
  Task<std::vector<Attachment>> List(std::string account, std::string after, int limit);

  /// Deletes an attachment; gives the answer's bytes. ATTACHMENT_NOT_FOUND.
  Task<std::string> Remove(std::string account, std::string id, Mutation<Attachment> mutation);

  /// Makes a link to an attachment's file. With a `viewer`, staff, it is noted in the audit log.
  Task<DownloadLink> Link(std::string account, std::string id, std::string viewer);

  /// Returns the file a link leads to; ATTACHMENT_NOT_FOUND, the same whatever is wrong with it.
  Task<Download> Fetch(std::string token);

  /// Returns attachments for staff to look at, oldest first.
  Task<std::vector<Attachment>> ListForReview(ReviewFilter filter, std::string after, int limit);

  /// Accepts or rejects; gives the answer's bytes. ATTACHMENT_CHANGED, ATTACHMENT_REVIEWED.
  Task<std::string> Decide(Decision decision, Mutation<Attachment> mutation);

  /// Removes files nobody has any more, some at a time.
  Task<void> Sweep();

 private:
  Task<std::string> Record(Attachment attachment, std::shared_ptr<const std::string> content,
                           Mutation<Attachment> mutation);

  AttachmentParts parts_;
  const Clock& clock_;
  IdSource& ids_;
  AttachmentLimits limits_;
};

}  // namespace houbu::account
