#include "services/account/rpc/attachment_wire.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::account {
namespace {

constexpr std::size_t kChunkBytesMax = std::size_t{256} << 10;
constexpr int kReasonCharactersMax = 500;
constexpr std::size_t kSha256Digits = 64;

constexpr char kAccountPattern[] = "accounts/{account}";
constexpr char kPassengerPattern[] = "accounts/{account}/passengers/{passenger}";
constexpr char kAttachmentPattern[] = "accounts/{account}/attachments/{attachment}";

v1::AttachmentKind ToWire(AttachmentKind kind) {
  v1::AttachmentKind wire = v1::ATTACHMENT_KIND_UNSPECIFIED;
  v1::AttachmentKind_Parse(absl::StrCat("ATTACHMENT_KIND_", NameOf(kind)), &wire);
  return wire;
}

v1::Attachment::State ToWire(AttachmentState state) {
  v1::Attachment::State wire = v1::Attachment::STATE_UNSPECIFIED;
  v1::Attachment::State_Parse(absl::StrCat("STATE_", NameOf(state)), &wire);
  return wire;
}

std::optional<AttachmentState> StateFromWire(v1::Attachment::State state) {
  for (const AttachmentState known :
       {AttachmentState::kPending, AttachmentState::kAccepted, AttachmentState::kRejected}) {
    if (ToWire(known) == state) {
      return known;
    }
  }
  return std::nullopt;
}

bool IsSha256(absl::string_view text) {
  return text.size() == kSha256Digits && std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isxdigit(static_cast<unsigned char>(c));
         });
}

void CheckChunkSize(Violations& violations, const v1::UploadAttachmentRequest& request) {
  if (request.chunk().size() > kChunkBytesMax) {
    violations.Add("chunk", "must be at most 262144 bytes: send the file in pieces");
  }
}

}  // namespace

std::optional<AttachmentKind> KindFromWire(v1::AttachmentKind kind) {
  for (const AttachmentKind known : kAttachmentKinds) {
    if (ToWire(known) == kind) {
      return known;
    }
  }
  return std::nullopt;
}

absl::StatusOr<UploadHeader> HeaderFromWire(const v1::UploadAttachmentRequest& request) {
  Violations violations;
  UploadHeader header;
  header.upload.account =
      rpc::RequireName(violations, "parent", request.parent(), kAccountPattern).front();
  if (!request.passenger().empty()) {
    header.upload.passenger =
        rpc::RequireName(violations, "passenger", request.passenger(), kPassengerPattern).back();
  }
  rpc::RequireEnum<v1::AttachmentKind>(violations, "kind", request.kind(),
                                       v1::AttachmentKind_IsValid);
  if (!request.sha256().empty() && !IsSha256(request.sha256())) {
    violations.Add("sha256", "must be 64 hex digits");
  }
  if (request.size_bytes() < 0) {
    violations.Add("size_bytes", "must be the size of the file");
  }
  CheckChunkSize(violations, request);
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  if (request.size_bytes() == 0) {
    return Refuse(kAttachmentEmpty);
  }
  if (request.size_bytes() > static_cast<std::int64_t>(kAttachmentBytesMax)) {
    return Refuse(kAttachmentTooLarge);
  }
  header.upload.kind = KindFromWire(request.kind()).value_or(AttachmentKind::kPassportScan);
  header.upload.file_name = request.file_name();
  header.size = static_cast<std::size_t>(request.size_bytes());
  header.sha256 = absl::AsciiStrToLower(request.sha256());
  return header;
}

absl::Status CheckChunk(const v1::UploadAttachmentRequest& request) {
  Violations violations;
  v1::UploadAttachmentRequest rest = request;
  rest.clear_chunk();
  if (rest.ByteSizeLong() > 0) {
    violations.Add("chunk", "is all that messages after the first may hold");
  }
  CheckChunkSize(violations, request);
  return violations.ToStatus();
}

ReviewFilter FilterFromWire(Violations& violations,
                            const v1::ListAttachmentsForReviewRequest& request) {
  ReviewFilter filter;
  if (request.state() != v1::Attachment::STATE_UNSPECIFIED) {
    rpc::RequireEnum<v1::Attachment::State>(violations, "state", request.state(),
                                            v1::Attachment::State_IsValid);
    filter.state = StateFromWire(request.state()).value_or(AttachmentState::kPending);
  }
  if (request.kind() != v1::ATTACHMENT_KIND_UNSPECIFIED) {
    rpc::RequireEnum<v1::AttachmentKind>(violations, "kind", request.kind(),
                                         v1::AttachmentKind_IsValid);
    filter.kind = KindFromWire(request.kind());
  }
  return filter;
}

absl::StatusOr<Decision> FromWire(const v1::ReviewAttachmentRequest& request) {
  using Wire = v1::ReviewAttachmentRequest;
  Violations violations;
  Decision decision;
  const std::vector<std::string> ids =
      rpc::RequireName(violations, "name", request.name(), kAttachmentPattern);
  decision.account = ids.front();
  decision.id = ids.back();
  if (!absl::SimpleAtoi(request.etag(), &decision.version)) {
    violations.Add("etag", "must be the etag of the attachment that was looked at");
  }
  rpc::RequireEnum<Wire::Decision>(violations, "decision", request.decision(),
                                   Wire::Decision_IsValid);
  decision.review.accepts = request.decision() == Wire::DECISION_ACCEPT;
  decision.review.reason = request.reason();
  if (request.decision() == Wire::DECISION_REJECT) {
    rpc::RequireText(violations, "reason", request.reason(), kReasonCharactersMax);
  } else if (!request.reason().empty()) {
    violations.Add("reason", "is given only to reject");
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  return decision;
}

v1::Attachment ToWire(const Attachment& attachment) {
  v1::Attachment wire;
  wire.set_name(NameOf(attachment));
  wire.set_etag(absl::StrCat(attachment.version));
  *wire.mutable_create_time() = rpc::ToWire(attachment.created_at);
  wire.set_kind(ToWire(attachment.kind));
  if (!attachment.passenger.empty()) {
    wire.set_passenger(
        absl::StrCat("accounts/", attachment.account, "/passengers/", attachment.passenger));
  }
  wire.set_state(ToWire(attachment.state));
  wire.set_reject_reason(attachment.reason);
  if (attachment.state != AttachmentState::kPending) {
    *wire.mutable_review_time() = rpc::ToWire(attachment.reviewed_at);
  }
  wire.set_media_type(std::string(MediaTypeOf(attachment.type)));
  wire.set_size_bytes(attachment.size);
  wire.set_width(static_cast<std::int32_t>(attachment.width));
  wire.set_height(static_cast<std::int32_t>(attachment.height));
  wire.set_page_count(attachment.pages);
  return wire;
}

v1::Attachment ToOwnersWire(const Attachment& attachment) {
  v1::Attachment wire = ToWire(attachment);
  wire.set_file_name(attachment.file_name);
  return wire;
}

}  // namespace houbu::account
