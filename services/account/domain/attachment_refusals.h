/// Why an attachment is not taken, in words for who wanted to attach it: what is wrong, what to do.
#pragma once

#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"

namespace houbu::account {

/// Another's, or none.
inline constexpr Refusal kAttachmentNotFound{absl::StatusCode::kNotFound, "ATTACHMENT_NOT_FOUND",
                                             "There is no such attachment."};
/// Nothing was sent.
inline constexpr Refusal kAttachmentEmpty{absl::StatusCode::kInvalidArgument, "ATTACHMENT_EMPTY",
                                          "The file is empty: choose it again."};
/// More than 5 MiB.
inline constexpr Refusal kAttachmentTooLarge{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_TOO_LARGE",
    "The file is larger than 5 MiB: save it smaller, or photograph it at a lower resolution."};
/// Not what was announced.
inline constexpr Refusal kAttachmentIncomplete{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_INCOMPLETE",
    "What arrived is not the file that was announced, by its size or its SHA-256: send it again."};
/// By its content neither JPG, PNG nor PDF.
inline constexpr Refusal kAttachmentTypeUnknown{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_TYPE_UNKNOWN",
    "By its content the file is neither JPG, PNG nor PDF, whatever its name says: save it as one "
    "of these."};
/// Cut short or broken.
inline constexpr Refusal kAttachmentDamaged{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_DAMAGED",
    "The file is damaged or incomplete: open it, save it anew, and send that."};
/// A variety that browsers do not show either.
inline constexpr Refusal kAttachmentVariety{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_VARIETY_UNSUPPORTED",
    "This variety of JPG (12 bits, lossless or arithmetic) is not taken: save it as an ordinary "
    "one."};
/// An animated PNG.
inline constexpr Refusal kAttachmentAnimated{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_ANIMATED",
    "The picture moves: send a still one of the document."};
/// Too many pixels.
inline constexpr Refusal kAttachmentTooManyPixels{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_TOO_MANY_PIXELS",
    "The picture has more than 32 million pixels or a side of more than 16,000: scale it down."};
/// Too many pages.
inline constexpr Refusal kAttachmentTooManyPages{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_TOO_MANY_PAGES",
    "The PDF has more than 50 pages: send only those that matter."};
/// A PDF nobody can read without a password, or that forbids things.
inline constexpr Refusal kAttachmentEncrypted{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_ENCRYPTED",
    "The PDF is encrypted: print it to a new PDF without a password, and send that."};
/// A PDF with programs in it, or that starts or opens something.
inline constexpr Refusal kAttachmentActive{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_HAS_ACTIONS",
    "The PDF holds scripts or actions: print it to a new PDF, and send that."};
/// A PDF with files in it.
inline constexpr Refusal kAttachmentEmbedsFiles{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_EMBEDS_FILES",
    "The PDF holds other files: print it to a new PDF, or send those files by themselves."};
/// A PDF with film, sound or models.
inline constexpr Refusal kAttachmentEmbedsMedia{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_EMBEDS_MEDIA",
    "The PDF holds film, sound or models: print it to a new PDF, and send that."};
/// A PDF that is an XFA form.
inline constexpr Refusal kAttachmentXfa{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_XFA_FORM",
    "The PDF is a dynamic (XFA) form: print it to a new PDF, and send that."};
/// Decoding took more time or memory than one file may take, or failed in a way it never should.
inline constexpr Refusal kAttachmentUnreadable{
    absl::StatusCode::kInvalidArgument, "ATTACHMENT_UNREADABLE",
    "The file could not be read within bounds: save it anew, simpler or smaller, and send that."};
/// The account's shelf is full.
inline constexpr Refusal kAttachmentsFull{
    absl::StatusCode::kResourceExhausted, "ATTACHMENTS_FULL",
    "You have as many attachments as an account may have: delete those you no longer need."};
/// Too many tries today.
inline constexpr Refusal kTooManyUploads{absl::StatusCode::kResourceExhausted, "TOO_MANY_UPLOADS",
                                         "You sent as many files as one may in a day: go on "
                                         "tomorrow."};
/// Too many at once, of everybody's.
inline constexpr Refusal kUploadsBusy{absl::StatusCode::kResourceExhausted, "UPLOADS_BUSY",
                                      "Too many files are arriving at once: try again."};
/// Staff decided already.
inline constexpr Refusal kAttachmentReviewed{absl::StatusCode::kFailedPrecondition,
                                             "ATTACHMENT_REVIEWED",
                                             "This attachment has been reviewed already."};
/// Somebody else changed it meanwhile.
inline constexpr Refusal kAttachmentChanged{absl::StatusCode::kAborted, "ATTACHMENT_CHANGED",
                                            "The attachment changed meanwhile: read it again."};

/// Gives the refusal of this reason that is about the content of a file; null when there is none.
/// The confined decoder says reasons, and is believed no more than that.
const Refusal* ContentRefusal(absl::string_view reason);

}  // namespace houbu::account
