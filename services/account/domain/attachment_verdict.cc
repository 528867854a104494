#include "services/account/domain/attachment_verdict.h"

#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace houbu::account {
namespace {

bool IsWithinBounds(const CleanFile& file) {
  if (file.type == FileType::kPdf) {
    return file.width == 0 && file.height == 0 && file.pages >= 1 && file.pages <= kPdfPagesMax;
  }
  return file.width >= 1 && file.width <= kImageSideMax && file.height >= 1 &&
         file.height <= kImageSideMax &&
         std::uint64_t{file.width} * file.height <= kImagePixelsMax && file.pages == 1;
}

}  // namespace

std::string FormatVerdict(const Refusal& refusal) {
  return absl::StrCat("REFUSED ", refusal.reason, "\n");
}

std::string FormatVerdict(const CleanFile& file) {
  return absl::StrCat("CLEAN ", MediaTypeOf(file.type), " ", file.width, " ", file.height, " ",
                      file.pages, " ", file.content.size(), "\n", file.content);
}

absl::StatusOr<CleanFile> ParseVerdict(std::string verdict) {
  const absl::Status unreadable = Refuse(kAttachmentUnreadable);
  const std::size_t end = absl::string_view(verdict).substr(0, kVerdictLineMax).find('\n');
  if (end == absl::string_view::npos) {
    return unreadable;
  }
  absl::string_view line = absl::string_view(verdict).substr(0, end);
  if (absl::ConsumePrefix(&line, "REFUSED ")) {
    const Refusal* refusal = ContentRefusal(line);
    return refusal == nullptr ? unreadable : Refuse(*refusal);
  }
  const std::vector<absl::string_view> words = absl::StrSplit(line, ' ');
  std::size_t size = 0;
  CleanFile file;
  if (words.size() != 6 || words[0] != "CLEAN" || !absl::SimpleAtoi(words[2], &file.width) ||
      !absl::SimpleAtoi(words[3], &file.height) || !absl::SimpleAtoi(words[4], &file.pages) ||
      !absl::SimpleAtoi(words[5], &size)) {
    return unreadable;
  }
  const absl::StatusOr<FileType> said = ParseMediaType(words[1]);
  verdict.erase(0, end + 1);
  const absl::StatusOr<FileType> seen = RecogniseFile(verdict);
  if (!said.ok() || !seen.ok() || *said != *seen || verdict.size() != size ||
      size > kCleanBytesMax) {
    return unreadable;
  }
  file.type = *said;
  file.content = std::move(verdict);
  if (!IsWithinBounds(file)) {
    return unreadable;
  }
  return file;
}

}  // namespace houbu::account
