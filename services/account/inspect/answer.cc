#include "services/account/inspect/answer.h"

#include <unistd.h>

#include <cerrno>
#include <string>

#include "services/account/domain/attachment_verdict.h"

namespace houbu::account {
namespace {

// Leaves without destructors and exit handlers: there is nothing to tidy up in a cell.
[[noreturn]] void Say(absl::string_view verdict) {
  while (!verdict.empty()) {
    const ssize_t written = write(STDOUT_FILENO, verdict.data(), verdict.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written <= 0) {
      _exit(1);
    }
    verdict.remove_prefix(static_cast<std::size_t>(written));
  }
  _exit(0);
}

}  // namespace

void AnswerRefusal(const Refusal& refusal) { Say(FormatVerdict(refusal)); }

void AnswerClean(const CleanFile& file) {
  if (file.content.size() > kCleanBytesMax) {
    AnswerRefusal(kAttachmentUnreadable);
  }
  Say(FormatVerdict(file));
}

}  // namespace houbu::account
