/// Text: the one bridge between the standard's string views and Abseil's.
///
/// Debian 12's Abseil was built with its own `absl::string_view`; it and `std::string_view` do not
/// convert into each other. Interfaces speak `absl::string_view`; code that meets a standard
/// interface crosses here.
#pragma once

#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace houbu {

/// Returns the same characters as a standard view; borrows, never copies.
constexpr std::string_view ToStd(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

/// Returns the same characters as an Abseil view; borrows, never copies.
constexpr absl::string_view ToAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

/// Tells whether `text` is well-formed UTF-8: no overlong forms, surrogates or values above
/// U+10FFFF. What comes from a client must be, or PostgreSQL refuses it later as an error of ours.
bool IsValidUtf8(absl::string_view text);

/// Counts the code points of well-formed UTF-8 `text`: limits on names are in characters.
int CountCharacters(absl::string_view text);

}  // namespace houbu
