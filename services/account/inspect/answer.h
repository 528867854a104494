/// The end of the decoder: it says one thing, and is gone.
#pragma once

#include "services/account/domain/attachment.h"

namespace houbu::account {

/// Says that the file is refused, and ends the process.
[[noreturn]] void AnswerRefusal(const Refusal& refusal);

/// Hands over the clean file, and ends the process.
[[noreturn]] void AnswerClean(const CleanFile& file);

}  // namespace houbu::account
