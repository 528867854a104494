#include "services/account/rpc/attachment_handlers.h"

#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "libs/secrets/bytes.h"
#include "services/account/rpc/attachment_wire.h"
#include "services/account/rpc/ownership.h"

namespace houbu::account {
namespace {

constexpr char kPattern[] = "accounts/{account}/attachments/{attachment}";

v1::Attachment RenderAttachment(const Attachment& attachment) { return ToWire(attachment); }

// One of the uploads under way; gives its place back when it ends.
class UploadPlace final {
 public:
  explicit UploadPlace(std::atomic<int>& uploads) : uploads_(uploads), count_(++uploads) {}
  ~UploadPlace() { --uploads_; }
  UploadPlace(const UploadPlace&) = delete;
  UploadPlace& operator=(const UploadPlace&) = delete;

  int count() const { return count_; }

 private:
  std::atomic<int>& uploads_;
  const int count_;
};

absl::StatusOr<std::string> OwnAttachment(const rpc::Call& call, absl::string_view name) {
  Violations violations;
  const std::vector<std::string> ids = rpc::RequireName(violations, "name", name, kPattern);
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  if (ids.front() != CallerId(call)) {
    return Refuse(kAttachmentNotFound);
  }
  return ids.back();
}

// Adds a piece to what came before it, which never becomes more than was announced.
absl::Status Append(const v1::UploadAttachmentRequest& message, std::size_t size,
                    std::string& content) {
  if (message.chunk().size() > kAttachmentBytesMax - content.size()) {
    return Refuse(kAttachmentTooLarge);
  }
  if (message.chunk().size() > size - content.size()) {
    return Refuse(kAttachmentIncomplete);
  }
  content.append(message.chunk());
  return absl::OkStatus();
}

// Reads the rest of a stream; nothing beyond what was announced is held.
Task<std::string> ReadContent(rpc::Incoming<v1::UploadAttachmentRequest>& stream,
                              v1::UploadAttachmentRequest first, std::size_t size) {
  std::string content;
  content.reserve(size);
  CO_RETURN_IF_ERROR(Append(first, size, content));
  first.clear_chunk();
  while (true) {
    ASSIGN_OR_CO_RETURN(const std::optional<v1::UploadAttachmentRequest> message,
                        co_await stream.Next());
    if (!message.has_value()) {
      break;
    }
    CO_RETURN_IF_ERROR(CheckChunk(*message));
    CO_RETURN_IF_ERROR(Append(*message, size, content));
  }
  if (content.size() != size) {
    co_return Refuse(kAttachmentIncomplete);
  }
  co_return content;
}

}  // namespace

Task<v1::Attachment> AttachmentHandlers::Take(const rpc::Call& call, UploadStream& stream) {
  const UploadPlace place(uploads_);
  if (place.count() > options_.at_once) {
    co_return WithRetryAfter(Refuse(kUploadsBusy), absl::Seconds(2));
  }
  ASSIGN_OR_CO_RETURN(std::optional<v1::UploadAttachmentRequest> first, co_await stream.Next());
  if (!first.has_value()) {
    Violations violations;
    violations.Add("request_id", "is required: the first message says what is attached");
    co_return violations.ToStatus();
  }
  co_return co_await TakeAdmitted(call, stream, *std::move(first));
}

Task<v1::Attachment> AttachmentHandlers::TakeAdmitted(const rpc::Call& call, UploadStream& stream,
                                                      v1::UploadAttachmentRequest first) {
  ASSIGN_OR_CO_RETURN(UploadHeader header, HeaderFromWire(first));
  CO_RETURN_IF_ERROR(OwnAccount(call, "parent", first.parent(), kAccountNotFound).status());
  if (!first.passenger().empty()) {
    CO_RETURN_IF_ERROR(
        OwnPassenger(call, "passenger", first.passenger(), kPassengerNotFound).status());
  }
  CO_RETURN_IF_ERROR(co_await attachments_.Admit(header.upload.account, header.upload.passenger,
                                                 header.upload.kind));
  ASSIGN_OR_CO_RETURN(std::string content, co_await ReadContent(stream, first, header.size));
  const std::string digest = secrets::Sha256Hex(content);
  if (!header.sha256.empty() && header.sha256 != digest) {
    co_return Refuse(kAttachmentIncomplete);
  }
  // However it was cut, the same file makes the same request.
  first.clear_chunk();
  first.set_sha256(digest);
  Mutation<Attachment> mutation = rpc::Answering<Attachment>(call, RenderAttachment);
  ASSIGN_OR_CO_RETURN(mutation.key, stream.KeyOf(first));
  header.upload.content = std::make_shared<const std::string>(std::move(content));
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await attachments_.Add(std::move(header.upload), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Attachment>(answer);
}

Task<v1::Attachment> AttachmentHandlers::Show(const rpc::Call& call,
                                              const v1::GetAttachmentRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id, OwnAttachment(call, request.name()));
  ASSIGN_OR_CO_RETURN(const Attachment attachment,
                      co_await attachments_.Get(CallerId(call), std::move(id)));
  co_return ToOwnersWire(attachment);
}

Task<v1::ListAttachmentsResponse> AttachmentHandlers::ShowList(
    const rpc::Call& call, const v1::ListAttachmentsRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "parent", request.parent(), kAccountNotFound));
  Violations violations;
  const std::string filter = absl::StrCat("attachments/", account);
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, filter, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<Attachment> attachments,
                      co_await attachments_.List(std::move(account), std::move(after), size));
  v1::ListAttachmentsResponse response;
  for (const Attachment& attachment : attachments) {
    *response.add_attachments() = ToOwnersWire(attachment);
  }
  if (static_cast<int>(attachments.size()) == size) {
    response.set_next_page_token(rpc::EncodePageToken(filter, attachments.back().id));
  }
  co_return response;
}

Task<v1::Attachment> AttachmentHandlers::Remove(const rpc::Call& call,
                                                const v1::DeleteAttachmentRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id, OwnAttachment(call, request.name()));
  Mutation<Attachment> mutation = rpc::Answering<Attachment>(call, RenderAttachment);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await attachments_.Remove(CallerId(call), std::move(id), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Attachment>(answer);
}

Task<v1::DownloadLink> AttachmentHandlers::Link(const rpc::Call& call,
                                                const v1::CreateDownloadLinkRequest& request) {
  Violations violations;
  const std::vector<std::string> ids =
      rpc::RequireName(violations, "name", request.name(), kPattern);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  std::string viewer;
  if (call.caller.kind == rpc::Caller::Kind::kOperator) {
    if (call.caller.person.empty()) {
      co_return Refuse(kReviewerNeeded);
    }
    viewer = ActorOf(call.request_key);
  } else if (ids.front() != CallerId(call)) {
    co_return Refuse(kAttachmentNotFound);
  }
  ASSIGN_OR_CO_RETURN(const DownloadLink link,
                      co_await attachments_.Link(ids.front(), ids.back(), std::move(viewer)));
  v1::DownloadLink response;
  response.set_uri(absl::StrCat(options_.links_url, link.token));
  *response.mutable_expire_time() = rpc::ToWire(link.expires_at);
  co_return response;
}

Task<v1::ListAttachmentsForReviewResponse> AttachmentHandlers::ShowForReview(
    const rpc::Call& call, const v1::ListAttachmentsForReviewRequest& request) {
  if (call.caller.person.empty()) {
    co_return Refuse(kReviewerNeeded);
  }
  Violations violations;
  const ReviewFilter wanted = FilterFromWire(violations, request);
  const std::string filter = absl::StrCat("review/", request.state(), "/", request.kind());
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, filter, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<Attachment> attachments,
                      co_await attachments_.ListForReview(wanted, std::move(after), size));
  v1::ListAttachmentsForReviewResponse response;
  for (const Attachment& attachment : attachments) {
    *response.add_attachments() = ToWire(attachment);
  }
  if (static_cast<int>(attachments.size()) == size) {
    response.set_next_page_token(rpc::EncodePageToken(filter, attachments.back().id));
  }
  co_return response;
}

Task<v1::Attachment> AttachmentHandlers::Decide(const rpc::Call& call,
                                                const v1::ReviewAttachmentRequest& request) {
  ASSIGN_OR_CO_RETURN(Decision decision, FromWire(request));
  decision.person = call.caller.person;
  Mutation<Attachment> mutation = rpc::Answering<Attachment>(call, RenderAttachment);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await attachments_.Decide(std::move(decision), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Attachment>(answer);
}

}  // namespace houbu::account
