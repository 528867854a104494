#include "libs/postgres/parameters.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "libs/postgres/text_format.h"

namespace houbu::postgres {
namespace {

/// Joins already written elements to an array literal.
std::string ArrayOf(const std::vector<std::string>& elements) {
  std::string text = "{";
  for (const std::string& element : elements) {
    if (text.size() > 1) {
      text.push_back(',');
    }
    text.append(element);
  }
  text.push_back('}');
  return text;
}

}  // namespace

void Parameters::Append(absl::string_view text) {
  if (absl::StrContains(text, absl::string_view("\0", 1))) {
    sendable_ = false;
  }
  Value value;
  value.bytes = std::string(text);
  values_.push_back(std::move(value));
}

void Parameters::Append(absl::Time time) { Append(absl::string_view(FormatTimestamp(time))); }

void Parameters::AppendNumber(std::int64_t value) {
  Append(absl::string_view(absl::StrCat(value)));
}

Parameters& Parameters::AddBytes(absl::string_view bytes) & {
  Value value;
  value.bytes = std::string(bytes);
  value.binary = true;
  values_.push_back(std::move(value));
  return *this;
}

Parameters&& Parameters::AddBytes(absl::string_view bytes) && {
  AddBytes(bytes);
  return std::move(*this);
}

Parameters& Parameters::AddNull() & {
  Value value;
  value.null = true;
  values_.push_back(std::move(value));
  return *this;
}

Parameters&& Parameters::AddNull() && {
  AddNull();
  return std::move(*this);
}

Parameters& Parameters::AddTextArray(absl::Span<const std::string> values) & {
  std::vector<std::string> elements;
  elements.reserve(values.size());
  for (const std::string& value : values) {
    elements.push_back(QuoteArrayElement(value));
  }
  Append(absl::string_view(ArrayOf(elements)));
  return *this;
}

Parameters&& Parameters::AddTextArray(absl::Span<const std::string> values) && {
  AddTextArray(values);
  return std::move(*this);
}

Parameters& Parameters::AddIntArray(absl::Span<const std::int64_t> values) & {
  std::vector<std::string> elements;
  elements.reserve(values.size());
  for (const std::int64_t value : values) {
    elements.push_back(absl::StrCat(value));
  }
  Append(absl::string_view(ArrayOf(elements)));
  return *this;
}

Parameters&& Parameters::AddIntArray(absl::Span<const std::int64_t> values) && {
  AddIntArray(values);
  return std::move(*this);
}

Parameters& Parameters::AddTimeArray(absl::Span<const absl::Time> values) & {
  std::vector<std::string> elements;
  elements.reserve(values.size());
  for (const absl::Time value : values) {
    elements.push_back(QuoteArrayElement(FormatTimestamp(value)));
  }
  Append(absl::string_view(ArrayOf(elements)));
  return *this;
}

Parameters&& Parameters::AddTimeArray(absl::Span<const absl::Time> values) && {
  AddTimeArray(values);
  return std::move(*this);
}

Parameters& Parameters::AddBytesArray(absl::Span<const std::string> values) & {
  std::vector<std::string> elements;
  elements.reserve(values.size());
  for (const std::string& value : values) {
    elements.push_back(QuoteArrayElement(absl::StrCat("\\x", absl::BytesToHexString(value))));
  }
  Append(absl::string_view(ArrayOf(elements)));
  return *this;
}

Parameters&& Parameters::AddBytesArray(absl::Span<const std::string> values) && {
  AddBytesArray(values);
  return std::move(*this);
}

}  // namespace houbu::postgres
