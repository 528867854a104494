#include "services/account/domain/attachment.h"

#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

constexpr std::int32_t kStemCharactersMax = 96;

constexpr const Refusal* kContentRefusals[] = {
    &kAttachmentEmpty,         &kAttachmentTooLarge,     &kAttachmentTypeUnknown,
    &kAttachmentDamaged,       &kAttachmentVariety,      &kAttachmentAnimated,
    &kAttachmentTooManyPixels, &kAttachmentTooManyPages, &kAttachmentEncrypted,
    &kAttachmentActive,        &kAttachmentEmbedsFiles,  &kAttachmentEmbedsMedia,
    &kAttachmentXfa,           &kAttachmentUnreadable,
};

// What no file system takes, what separates, and what HTML or a shell would read something into.
bool IsAwkward(UChar32 c) {
  return c == '"' || c == '<' || c == '>' || c == '|' || c == '?' || c == '*' || c == ':' ||
         c == ';' || c == '&' || c == '$' || c == '`' || c == '\'' || c == '%';
}

absl::string_view LastComponent(absl::string_view name) {
  const std::size_t slash = name.find_last_of("/\\");
  return slash == absl::string_view::npos ? name : name.substr(slash + 1);
}

// The name without what its last dot begins, where that looks like an extension.
absl::string_view StemOf(absl::string_view name) {
  const std::size_t dot = name.rfind('.');
  constexpr std::size_t kExtensionMax = 5;
  if (dot == absl::string_view::npos || name.size() - dot > kExtensionMax) {
    return name;
  }
  return name.substr(0, dot);
}

}  // namespace

const Refusal* ContentRefusal(absl::string_view reason) {
  for (const Refusal* refusal : kContentRefusals) {
    if (reason == refusal->reason) {
      return refusal;
    }
  }
  return nullptr;
}

bool TellsOfHealth(AttachmentKind kind) {
  return kind == AttachmentKind::kHealthReport || kind == AttachmentKind::kVaccinationCertificate;
}

absl::string_view NameOf(AttachmentKind kind) {
  switch (kind) {
    case AttachmentKind::kPassportScan:
      return "PASSPORT_SCAN";
    case AttachmentKind::kVisa:
      return "VISA";
    case AttachmentKind::kInvitation:
      return "INVITATION";
    case AttachmentKind::kItinerary:
      return "ITINERARY";
    case AttachmentKind::kVaccinationCertificate:
      return "VACCINATION_CERTIFICATE";
    case AttachmentKind::kHealthReport:
      return "HEALTH_REPORT";
    case AttachmentKind::kGuardianshipProof:
      return "GUARDIANSHIP_PROOF";
    case AttachmentKind::kEmergencyEvidence:
      return "EMERGENCY_EVIDENCE";
  }
  return "";
}

absl::StatusOr<AttachmentKind> ParseAttachmentKind(absl::string_view name) {
  for (const AttachmentKind kind : kAttachmentKinds) {
    if (NameOf(kind) == name) {
      return kind;
    }
  }
  return absl::DataLossError("unknown kind of attachment");
}

absl::string_view NameOf(AttachmentState state) {
  switch (state) {
    case AttachmentState::kPending:
      return "PENDING";
    case AttachmentState::kAccepted:
      return "ACCEPTED";
    case AttachmentState::kRejected:
      return "REJECTED";
  }
  return "";
}

absl::StatusOr<AttachmentState> ParseAttachmentState(absl::string_view name) {
  for (const AttachmentState state :
       {AttachmentState::kPending, AttachmentState::kAccepted, AttachmentState::kRejected}) {
    if (NameOf(state) == name) {
      return state;
    }
  }
  return absl::DataLossError("unknown state of an attachment");
}

absl::string_view MediaTypeOf(FileType type) {
  switch (type) {
    case FileType::kJpeg:
      return "image/jpeg";
    case FileType::kPng:
      return "image/png";
    case FileType::kPdf:
      return "application/pdf";
  }
  return "";
}

absl::StatusOr<FileType> ParseMediaType(absl::string_view name) {
  for (const FileType type : {FileType::kJpeg, FileType::kPng, FileType::kPdf}) {
    if (MediaTypeOf(type) == name) {
      return type;
    }
  }
  return absl::DataLossError("unknown media type");
}

absl::string_view ExtensionOf(FileType type) {
  switch (type) {
    case FileType::kJpeg:
      return "jpg";
    case FileType::kPng:
      return "png";
    case FileType::kPdf:
      return "pdf";
  }
  return "";
}

absl::StatusOr<FileType> RecogniseFile(absl::string_view bytes) {
  if (bytes.empty()) {
    return Refuse(kAttachmentEmpty);
  }
  if (absl::StartsWith(bytes, "\xff\xd8\xff")) {
    return FileType::kJpeg;
  }
  if (absl::StartsWith(bytes, "\x89PNG\r\n\x1a\n")) {
    return FileType::kPng;
  }
  if (absl::StartsWith(bytes, "%PDF-")) {
    return FileType::kPdf;
  }
  return Refuse(kAttachmentTypeUnknown);
}

std::string NameOf(const Attachment& attachment) {
  return absl::StrCat("accounts/", attachment.account, "/attachments/", attachment.id);
}

const std::string& OwnerOf(const Attachment& attachment) {
  return attachment.passenger.empty() ? attachment.account : attachment.passenger;
}

absl::Status Apply(const Review& review, absl::Time now, Attachment& attachment) {
  if (attachment.state != AttachmentState::kPending) {
    return Refuse(kAttachmentReviewed);
  }
  attachment.state = review.accepts ? AttachmentState::kAccepted : AttachmentState::kRejected;
  attachment.reason = review.accepts ? "" : review.reason;
  attachment.reviewed_at = now;
  ++attachment.version;
  return absl::OkStatus();
}

absl::Status CheckRoom(const AttachmentUsage& usage, std::int64_t size,
                       const AttachmentLimits& limits) {
  if (usage.count >= limits.count_max || usage.bytes > limits.bytes_max - size) {
    return Refuse(kAttachmentsFull);
  }
  return absl::OkStatus();
}

std::string NormaliseFileName(absl::string_view name, FileType type) {
  const std::string visible = NormaliseText(StemOf(LastComponent(name)));
  const icu::UnicodeString typed = icu::UnicodeString::fromUTF8(
      icu::StringPiece(visible.data(), static_cast<std::int32_t>(visible.size())));
  icu::UnicodeString kept;
  for (std::int32_t i = 0; i < typed.length() && kept.countChar32() < kStemCharactersMax;
       i = typed.moveIndex32(i, 1)) {
    const UChar32 c = typed.char32At(i);
    // NFKC may have made slashes and dots of what looked like them.
    const bool leading_dot = c == '.' && kept.isEmpty();
    if (c != '/' && c != '\\' && !leading_dot && !IsAwkward(c)) {
      kept.append(u_isspace(c) ? UChar32{' '} : c);
    }
  }
  std::string stem;
  kept.trim().toUTF8String(stem);
  return absl::StrCat(stem.empty() ? "document" : stem, ".", ExtensionOf(type));
}

}  // namespace houbu::account
