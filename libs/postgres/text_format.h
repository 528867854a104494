/// PostgreSQL's text forms of values, as sessions of ours have them: UTC, ISO dates, hex bytea.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace houbu::postgres {

/// Writes a timestamptz in UTC with microseconds (cut); infinities as "infinity", "-infinity".
std::string FormatTimestamp(absl::Time time);

/// Reads a timestamptz written by a session in UTC; nothing when it is none.
std::optional<absl::Time> ParseTimestamp(absl::string_view text);

/// Writes an element of an array literal, quoted.
std::string QuoteArrayElement(absl::string_view element);

/// Reads an array literal of one dimension; nothing when it is none or has a NULL.
std::optional<std::vector<std::string>> ParseArray(absl::string_view text);

/// Reads a bytea in hex form; nothing when it is none.
std::optional<std::string> ParseBytes(absl::string_view text);

}  // namespace houbu::postgres
