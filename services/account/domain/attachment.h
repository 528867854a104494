/// Documents people attach as evidence: scans, visas, certificates.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "services/account/domain/attachment_refusals.h"

namespace houbu::account {

/// What an attachment is evidence of.
enum class AttachmentKind {
  kPassportScan,
  kVisa,
  kInvitation,
  kItinerary,
  kVaccinationCertificate,
  kHealthReport,
  kGuardianshipProof,
  kEmergencyEvidence,
};

/// Every kind.
inline constexpr std::array kAttachmentKinds = {
    AttachmentKind::kPassportScan,
    AttachmentKind::kVisa,
    AttachmentKind::kInvitation,
    AttachmentKind::kItinerary,
    AttachmentKind::kVaccinationCertificate,
    AttachmentKind::kHealthReport,
    AttachmentKind::kGuardianshipProof,
    AttachmentKind::kEmergencyEvidence,
};

/// Whether such files tell of somebody's health: kept with their consent only.
bool TellsOfHealth(AttachmentKind kind);

/// The name under which a kind is kept: "PASSPORT_SCAN".
absl::string_view NameOf(AttachmentKind kind);

/// Reads what NameOf gave.
absl::StatusOr<AttachmentKind> ParseAttachmentKind(absl::string_view name);

/// What staff made of it.
enum class AttachmentState { kPending, kAccepted, kRejected };

/// The name under which a state is kept: "PENDING".
absl::string_view NameOf(AttachmentState state);

/// Reads what NameOf gave.
absl::StatusOr<AttachmentState> ParseAttachmentState(absl::string_view name);

/// What a file is, by its content.
enum class FileType { kJpeg, kPng, kPdf };

/// "image/jpeg", "image/png", "application/pdf".
absl::string_view MediaTypeOf(FileType type);

/// Reads what MediaTypeOf gave.
absl::StatusOr<FileType> ParseMediaType(absl::string_view name);

/// "jpg", "png", "pdf".
absl::string_view ExtensionOf(FileType type);

/// Recognises a file by its first bytes. What stands before them belongs to another kind of file:
/// ATTACHMENT_TYPE_UNKNOWN, also for what only its name calls an image.
absl::StatusOr<FileType> RecogniseFile(absl::string_view bytes);

/// The largest file taken: 5 MiB.
inline constexpr std::size_t kAttachmentBytesMax = std::size_t{5} << 20;
/// The largest file kept: an image written anew may come out larger than it was.
inline constexpr std::size_t kCleanBytesMax = std::size_t{10} << 20;
/// The longest side of an image.
inline constexpr std::uint32_t kImageSideMax = 16'000;
/// The largest image: what a phone's camera makes, with room to spare.
inline constexpr std::uint64_t kImagePixelsMax = 32'000'000;
/// The longest PDF.
inline constexpr int kPdfPagesMax = 50;

/// How long a file may wait for its attachment before it is swept.
inline constexpr absl::Duration kDraftLife = absl::Hours(24);
/// How long a download link holds.
inline constexpr absl::Duration kLinkLife = absl::Minutes(5);

/// A file that was decoded and written anew: nothing of what it was but what can be seen of it.
struct CleanFile {
  FileType type = FileType::kPdf;
  std::uint32_t width = 0;   ///< Pixels; 0 for a PDF.
  std::uint32_t height = 0;  ///< Pixels; 0 for a PDF.
  int pages = 1;
  std::string content;  ///< Personal.
};

/// An attachment.
struct Attachment {
  std::string id;         ///< "at-...".
  std::string account;    ///< "ac-...".
  std::string passenger;  ///< "pg-..." whom it is about; empty for the account's holder.
  std::int64_t version = 1;
  AttachmentKind kind = AttachmentKind::kPassportScan;
  AttachmentState state = AttachmentState::kPending;
  std::string reason;     ///< Why it was rejected; for its owner to read.
  std::string file_name;  ///< Personal.
  std::string file;       ///< Which kept file: "fl-...".
  FileType type = FileType::kPdf;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int pages = 1;
  std::int64_t size = 0;  ///< Bytes kept.
  absl::Time created_at;
  absl::Time reviewed_at;  ///< Once reviewed.
};

/// "accounts/ac-.../attachments/at-...".
std::string NameOf(const Attachment& attachment);

/// Whose key seals the file and its name: the passenger it is about, else the account.
const std::string& OwnerOf(const Attachment& attachment);

/// What staff decided.
struct Review {
  bool accepts = false;
  std::string reason;  ///< Why not; empty when accepted.
};

/// Applies a review: only what is pending can be reviewed, ATTACHMENT_REVIEWED else.
absl::Status Apply(const Review& review, absl::Time now, Attachment& attachment);

/// How much one account may attach.
struct AttachmentLimits {
  int count_max = 200;
  std::int64_t bytes_max = std::int64_t{200} << 20;
  int uploads_per_day_max = 100;  ///< Tries, whatever became of them: each costs a decoding.
};

/// What an account has attached.
struct AttachmentUsage {
  int count = 0;
  std::int64_t bytes = 0;
};

/// Refuses what would go beyond the limits: ATTACHMENTS_FULL.
absl::Status CheckRoom(const AttachmentUsage& usage, std::int64_t size,
                       const AttachmentLimits& limits);

/// Gives a name fit to be shown and saved under: its last component only, without characters that
/// nobody sees or that turn the text around, at most 100 characters, ending as `type` does.
/// "document.pdf" where nothing is left. Never used as a path.
std::string NormaliseFileName(absl::string_view name, FileType type);

}  // namespace houbu::account
