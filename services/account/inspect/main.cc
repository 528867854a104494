// houbu-inspect: reads one file on its standard input, decodes it in a cell, and writes what it
// makes of it to its standard output. Started by the account service for each attachment; it takes
// no arguments.
#include <unistd.h>

#include <cerrno>
#include <string>

#include "services/account/domain/attachment.h"
#include "services/account/inspect/answer.h"
#include "services/account/inspect/cleaning.h"
#include "services/account/inspect/confinement.h"

namespace houbu::account {
namespace {

constexpr int kNotConfined = 3;
constexpr int kNotRead = 4;

std::string ReadFile() {
  std::string bytes(kAttachmentBytesMax + 1, '\0');
  std::size_t size = 0;
  while (size < bytes.size()) {
    const ssize_t got = read(STDIN_FILENO, bytes.data() + size, bytes.size() - size);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      _exit(kNotRead);
    }
    if (got == 0) {
      break;
    }
    size += static_cast<std::size_t>(got);
  }
  bytes.resize(size);
  return bytes;
}

[[noreturn]] void Inspect() {
  const std::string bytes = ReadFile();
  if (bytes.size() > kAttachmentBytesMax) {
    AnswerRefusal(kAttachmentTooLarge);
  }
  const absl::StatusOr<FileType> type = RecogniseFile(bytes);
  if (!type.ok()) {
    AnswerRefusal(bytes.empty() ? kAttachmentEmpty : kAttachmentTypeUnknown);
  }
  switch (*type) {
    case FileType::kJpeg:
      CleanJpeg(bytes);
    case FileType::kPng:
      CleanPng(bytes);
    case FileType::kPdf:
      CleanPdf(bytes);
  }
  AnswerRefusal(kAttachmentTypeUnknown);
}

}  // namespace
}  // namespace houbu::account

int main() {
  if (!houbu::account::ConfineProcess()) {
    return houbu::account::kNotConfined;
  }
  houbu::account::Inspect();
}
