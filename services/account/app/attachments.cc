#include "services/account/app/attachments.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr int kSweptAtOnce = 100;
// Enough for one sweeper, or one twin of the same upload, to come in between.
constexpr int kTriesMax = 3;

Attachment AttachmentOf(const Upload& upload, const CleanFile& file) {
  Attachment attachment;
  attachment.account = upload.account;
  attachment.passenger = upload.passenger;
  attachment.kind = upload.kind;
  attachment.file_name = NormaliseFileName(upload.file_name, file.type);
  attachment.type = file.type;
  attachment.width = file.width;
  attachment.height = file.height;
  attachment.pages = file.pages;
  attachment.size = static_cast<std::int64_t>(file.content.size());
  return attachment;
}

Reply ReplyWith(const Mutation<Attachment>& mutation, const Attachment& attachment) {
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(attachment);
  return reply;
}

}  // namespace

Task<void> Attachments::Admit(std::string account, std::string passenger, AttachmentKind kind) {
  const absl::CivilDay today = absl::ToCivilDay(clock_.Now(), absl::UTCTimeZone());
  if (!passenger.empty()) {
    ASSIGN_OR_CO_RETURN(const bool is_own,
                        co_await parts_.store.HasPassenger(account, std::move(passenger)));
    if (!is_own) {
      co_return Refuse(kPassengerNotFound);
    }
  }
  if (TellsOfHealth(kind)) {
    CO_RETURN_IF_ERROR(co_await parts_.consents.Require(account, ConsentPurpose::kHealthDocuments));
  }
  ASSIGN_OR_CO_RETURN(const int uploads, co_await parts_.store.CountUpload(account, today));
  if (uploads > limits_.uploads_per_day_max) {
    co_return WithRetryAfter(Refuse(kTooManyUploads), absl::Hours(1));
  }
  ASSIGN_OR_CO_RETURN(const AttachmentUsage usage,
                      co_await parts_.store.UsageOf(std::move(account)));
  co_return CheckRoom(usage, 1, limits_);
}

Task<std::string> Attachments::Add(Upload upload, Mutation<Attachment> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await parts_.store.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(CleanFile file, co_await parts_.inspector.Inspect(upload.content));
  Attachment attachment = AttachmentOf(upload, file);
  upload.content.reset();
  auto content = std::make_shared<const std::string>(std::move(file.content));
  absl::StatusOr<std::string> added = Refuse(kAttachmentChanged);
  for (int i = 0; i < kTriesMax && ReasonOf(added.status()) == kAttachmentChanged.reason; ++i) {
    added = co_await Record(attachment, content, mutation);
  }
  co_return added;
}

Task<std::string> Attachments::Record(Attachment attachment,
                                      std::shared_ptr<const std::string> content,
                                      Mutation<Attachment> mutation) {
  const absl::Time now = clock_.Now();
  ASSIGN_OR_CO_RETURN(FileDraft draft,
                      co_await parts_.store.Draft(OwnerOf(attachment), std::move(content), now));
  attachment.file = draft.id;
  ASSIGN_OR_CO_RETURN(const std::optional<Attachment> same,
                      co_await parts_.store.FindSame(attachment));
  if (same.has_value()) {
    Reply reply = ReplyWith(mutation, *same);
    co_return co_await parts_.store.Repeat(std::move(reply), now);
  }
  if (!draft.is_kept) {
    CO_RETURN_IF_ERROR(co_await parts_.blobs.Put(draft.id, std::move(draft.sealed)));
  }
  attachment.id = ids_.Next("at");
  attachment.created_at = now;
  Reply reply = ReplyWith(mutation, attachment);
  co_return co_await parts_.store.Add(std::move(attachment), limits_, std::move(reply), now);
}

Task<Attachment> Attachments::Get(std::string account, std::string id) {
  return parts_.store.Load(std::move(account), std::move(id));
}

Task<std::vector<Attachment>> Attachments::List(std::string account, std::string after, int limit) {
  return parts_.store.List(std::move(account), std::move(after), limit);
}

Task<std::string> Attachments::Remove(std::string account, std::string id,
                                      Mutation<Attachment> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await parts_.store.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Attachment attachment,
                      co_await parts_.store.Load(std::move(account), std::move(id)));
  Reply reply = ReplyWith(mutation, attachment);
  co_return co_await parts_.store.Remove(std::move(attachment), std::move(reply), clock_.Now());
}

Task<DownloadLink> Attachments::Link(std::string account, std::string id, std::string viewer) {
  ASSIGN_OR_CO_RETURN(const Attachment attachment,
                      co_await parts_.store.Load(std::move(account), std::move(id)));
  const absl::Time now = clock_.Now();
  if (!viewer.empty()) {
    AuditEntry audit;
    audit.actor = std::move(viewer);
    audit.act = "ATTACHMENT_OPENED";
    audit.subject = NameOf(attachment);
    CO_RETURN_IF_ERROR(co_await parts_.store.Note(std::move(audit), now));
  }
  LinkClaim claim;
  claim.account = attachment.account;
  claim.attachment = attachment.id;
  claim.expires_at = absl::FromUnixSeconds(absl::ToUnixSeconds(now + kLinkLife));
  DownloadLink link;
  link.token = parts_.links.Sign(claim);
  link.expires_at = claim.expires_at;
  co_return link;
}

Task<Download> Attachments::Fetch(std::string token) {
  const std::optional<LinkClaim> claim = parts_.links.Read(token);
  if (!claim.has_value() || claim->expires_at <= clock_.Now()) {
    co_return Refuse(kAttachmentNotFound);
  }
  Download download;
  ASSIGN_OR_CO_RETURN(download.attachment,
                      co_await parts_.store.Load(claim->account, claim->attachment));
  ASSIGN_OR_CO_RETURN(std::string sealed, co_await parts_.blobs.Get(download.attachment.file));
  ASSIGN_OR_CO_RETURN(download.content,
                      co_await parts_.store.Open(download.attachment, std::move(sealed)));
  co_return download;
}

Task<std::vector<Attachment>> Attachments::ListForReview(ReviewFilter filter, std::string after,
                                                         int limit) {
  return parts_.store.ListForReview(filter, std::move(after), limit);
}

Task<std::string> Attachments::Decide(Decision decision, Mutation<Attachment> mutation) {
  if (decision.person.empty()) {
    co_return Refuse(kReviewerNeeded);
  }
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await parts_.store.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Attachment attachment,
                      co_await parts_.store.Load(decision.account, decision.id));
  if (attachment.version != decision.version) {
    co_return Refuse(kAttachmentChanged);
  }
  const absl::Time now = clock_.Now();
  CO_RETURN_IF_ERROR(Apply(decision.review, now, attachment));
  AuditEntry audit;
  audit.actor = ActorOf(mutation.key);
  audit.act = absl::StrCat("ATTACHMENT_", NameOf(attachment.state));
  audit.subject = NameOf(attachment);
  audit.reason = attachment.reason;
  Reply reply = ReplyWith(mutation, attachment);
  co_return co_await parts_.store.Save(std::move(attachment), std::move(audit), std::move(reply),
                                       now);
}

Task<void> Attachments::Sweep() {
  ASSIGN_OR_CO_RETURN(const std::vector<std::string> files,
                      co_await parts_.store.Discard(clock_.Now(), kSweptAtOnce));
  for (const std::string& file : files) {
    CO_RETURN_IF_ERROR(co_await parts_.blobs.Remove(file));
    CO_RETURN_IF_ERROR(co_await parts_.store.Forget(file));
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::account
