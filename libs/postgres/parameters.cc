#include "libs/postgres/parameters.h"

#include <limits>

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

/// An array of one dimension as the server sends and takes it: it need not be parsed.
class BinaryArray final {
 public:
  BinaryArray(std::uint32_t element_type, std::size_t count) {
    const bool empty = count == 0;
    AddNumber(empty ? 0 : 1);  // dimensions
    AddNumber(0);              // no NULLs
    AddNumber(element_type);
    if (!empty) {
      AddNumber(static_cast<std::uint32_t>(count));
      AddNumber(1);  // the first subscript
    }
  }

  void Reserve(std::size_t bytes) { bytes_.reserve(bytes_.size() + bytes); }

  void Add(absl::string_view element) {
    AddNumber(static_cast<std::uint32_t>(element.size()));
    bytes_.append(element.data(), element.size());
  }

  void AddWide(std::int64_t element) {
    AddNumber(sizeof(element));
    AddNumber(static_cast<std::uint32_t>(static_cast<std::uint64_t>(element) >> 32));
    AddNumber(static_cast<std::uint32_t>(static_cast<std::uint64_t>(element)));
  }

  std::string Take() { return std::move(bytes_); }

 private:
  // In the wire's order of bytes.
  void AddNumber(std::uint32_t number) {
    for (int shift = 24; shift >= 0; shift -= 8) {
      bytes_.push_back(static_cast<char>((number >> shift) & 0xff));
    }
  }

  std::string bytes_;
};

// The server's own numbers of types, the same everywhere (pg_type.dat).
constexpr std::uint32_t kByteaType = 17;
constexpr std::uint32_t kTextType = 25;
constexpr std::uint32_t kTimestamptzType = 1184;

std::string BinaryArrayOf(std::uint32_t type, absl::Span<const std::string> values) {
  std::size_t bytes = 0;
  for (const std::string& value : values) bytes += value.size() + sizeof(std::uint32_t);
  BinaryArray array(type, values.size());
  array.Reserve(bytes);
  for (const std::string& value : values) array.Add(value);
  return array.Take();
}

/// Microseconds since 2000, as the server counts; its infinities are the ends of the range.
std::int64_t TimestampOf(absl::Time time) {
  if (time == absl::InfiniteFuture()) return std::numeric_limits<std::int64_t>::max();
  if (time == absl::InfinitePast()) return std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t k2000 = 946'684'800'000'000;
  return absl::ToUnixMicros(time) - k2000;
}

bool HasNul(absl::string_view text) { return absl::StrContains(text, absl::string_view("\0", 1)); }

}  // namespace

void Parameters::AppendBinary(std::string bytes) {
  Value value;
  value.bytes = std::move(bytes);
  value.binary = true;
  values_.push_back(std::move(value));
}

void Parameters::Append(absl::string_view text) {
  if (HasNul(text)) {
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
  AppendBinary(std::string(bytes));
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
  for (const std::string& value : values) {
    if (HasNul(value)) {
      sendable_ = false;
    }
  }
  AppendBinary(BinaryArrayOf(kTextType, values));
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
  BinaryArray array(kTimestamptzType, values.size());
  for (const absl::Time value : values) {
    array.AddWide(TimestampOf(value));
  }
  AppendBinary(array.Take());
  return *this;
}

Parameters&& Parameters::AddTimeArray(absl::Span<const absl::Time> values) && {
  AddTimeArray(values);
  return std::move(*this);
}

Parameters& Parameters::AddBytesArray(absl::Span<const std::string> values) & {
  AppendBinary(BinaryArrayOf(kByteaType, values));
  return *this;
}

Parameters&& Parameters::AddBytesArray(absl::Span<const std::string> values) && {
  AddBytesArray(values);
  return std::move(*this);
}

}  // namespace houbu::postgres
