/// Attachments on the wire, both ways.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

#include "libs/base/refusal.h"
#include "services/account/app/attachments.h"

#include "houbu/account/v1/attachment.pb.h"

namespace houbu::account {

/// What the first message of an upload says.
struct UploadHeader {
  Upload upload;  ///< Without its content.
  std::size_t size = 0;
  std::string sha256;  ///< Lower-case hex; empty when it was not said.
};

/// Reads the first message of an upload; every malformed field is named. Whose account and
/// passenger these are is for the caller to see. ATTACHMENT_EMPTY, ATTACHMENT_TOO_LARGE by what is
/// announced.
absl::StatusOr<UploadHeader> HeaderFromWire(const v1::UploadAttachmentRequest& request);

/// Checks a further message: it holds content and nothing else.
absl::Status CheckChunk(const v1::UploadAttachmentRequest& request);

/// Reads a kind that was said and is known.
std::optional<AttachmentKind> KindFromWire(v1::AttachmentKind kind);

/// Reads what is to be listed for review.
ReviewFilter FilterFromWire(Violations& violations,
                            const v1::ListAttachmentsForReviewRequest& request);

/// Reads a decision, by whom is for the caller to say.
absl::StatusOr<Decision> FromWire(const v1::ReviewAttachmentRequest& request);

/// Writes an attachment without its file's name: for answers that are kept.
v1::Attachment ToWire(const Attachment& attachment);

/// Writes an attachment for its owner.
v1::Attachment ToOwnersWire(const Attachment& attachment);

}  // namespace houbu::account
