#include "libs/postgres/text_format.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace houbu::postgres {

std::string FormatTimestamp(absl::Time time) {
  if (time == absl::InfiniteFuture()) {
    return "infinity";
  }
  if (time == absl::InfinitePast()) {
    return "-infinity";
  }
  return absl::FormatTime("%E4Y-%m-%d %H:%M:%E6S+00", time, absl::UTCTimeZone());
}

std::optional<absl::Time> ParseTimestamp(absl::string_view text) {
  if (text == "infinity") {
    return absl::InfiniteFuture();
  }
  if (text == "-infinity") {
    return absl::InfinitePast();
  }
  if (!absl::ConsumeSuffix(&text, "+00")) {
    return std::nullopt;
  }
  absl::Time time;
  if (!absl::ParseTime("%Y-%m-%d %H:%M:%E*S", text, &time, nullptr)) {
    return std::nullopt;
  }
  return time;
}

std::string QuoteArrayElement(absl::string_view element) {
  std::string quoted = "\"";
  for (const char c : element) {
    if (c == '"' || c == '\\') {
      quoted.push_back('\\');
    }
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

namespace {

/// Reads one element at the front of `text` and takes it away; nothing when it is malformed.
std::optional<std::string> TakeElement(absl::string_view& text) {
  std::string element;
  if (!absl::ConsumePrefix(&text, "\"")) {
    const std::size_t end = text.find_first_of(",}");
    if (end == absl::string_view::npos || end == 0) {
      return std::nullopt;
    }
    element = std::string(text.substr(0, end));
    text.remove_prefix(end);
    if (element == "NULL") {
      return std::nullopt;
    }
    return element;
  }
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\') {
      text.remove_prefix(1);
      if (text.empty()) {
        return std::nullopt;
      }
    }
    element.push_back(text.front());
    text.remove_prefix(1);
  }
  if (!absl::ConsumePrefix(&text, "\"")) {
    return std::nullopt;
  }
  return element;
}

}  // namespace

std::optional<std::vector<std::string>> ParseArray(absl::string_view text) {
  std::vector<std::string> elements;
  if (text == "{}") {
    return elements;
  }
  if (!absl::ConsumePrefix(&text, "{")) {
    return std::nullopt;
  }
  for (;;) {
    std::optional<std::string> element = TakeElement(text);
    if (!element.has_value() || text.empty()) {
      return std::nullopt;
    }
    elements.push_back(*std::move(element));
    const char separator = text.front();
    text.remove_prefix(1);
    if (separator == '}') {
      break;
    }
  }
  if (!text.empty()) {
    return std::nullopt;
  }
  return elements;
}

std::optional<std::string> ParseBytes(absl::string_view text) {
  if (!absl::ConsumePrefix(&text, "\\x") || text.size() % 2 != 0) {
    return std::nullopt;
  }
  for (const char c : text) {
    if (!absl::ascii_isxdigit(static_cast<unsigned char>(c))) {
      return std::nullopt;
    }
  }
  return absl::HexStringToBytes(text);
}

}  // namespace houbu::postgres
