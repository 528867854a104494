/// What the confined decoder says of a file, as bytes: the one thing that leaves its cell.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "services/account/domain/attachment.h"

namespace houbu::account {

/// The longest first line of a verdict.
inline constexpr std::size_t kVerdictLineMax = 128;

/// Writes "REFUSED <reason>\n".
std::string FormatVerdict(const Refusal& refusal);

/// Writes "CLEAN <media type> <width> <height> <pages> <size>\n" and the content.
std::string FormatVerdict(const CleanFile& file);

/// Reads a verdict. Nothing in it is believed: a decoder may have been taken over by the file it
/// read. A file it refused gives its refusal; a verdict beyond any bound, cut short, or that does
/// not begin as its type does, ATTACHMENT_UNREADABLE.
absl::StatusOr<CleanFile> ParseVerdict(std::string verdict);

}  // namespace houbu::account
