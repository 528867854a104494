/// Parameters of a statement: what stands for $1, $2, ... Values never become SQL text.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/span.h"

namespace houbu::postgres {

/// A list of parameters, filled in order:
///   Parameters params;
///   params.Add(booking.id).Add(now).Add(std::optional<std::string>());
/// or in one go, `Parameters().Add(id).Add(now)`. No floating point: money and time have none.
class Parameters final {
 public:
  /// Appends text, a whole number, a bool, an absl::Time (microseconds, cut), or an optional of
  /// these (nothing is NULL). Text with a NUL byte makes the statement fail as INVALID_ARGUMENT:
  /// PostgreSQL cannot keep it.
  template <class T>
  Parameters& Add(const T& value) & {
    Append(value);
    return *this;
  }

  /// The same on a temporary.
  template <class T>
  Parameters&& Add(const T& value) && {
    Append(value);
    return std::move(*this);
  }

  /// Appends a bytea, any bytes.
  Parameters& AddBytes(absl::string_view bytes) &;
  /// The same on a temporary.
  Parameters&& AddBytes(absl::string_view bytes) &&;

  /// Appends NULL.
  Parameters& AddNull() &;
  /// The same on a temporary.
  Parameters&& AddNull() &&;

  /// Appends a text[]; write `$n::text[]`: it is no array of anything else.
  Parameters& AddTextArray(absl::Span<const std::string> values) &;
  /// The same on a temporary.
  Parameters&& AddTextArray(absl::Span<const std::string> values) &&;

  /// Appends a bigint[] (or int[]).
  Parameters& AddIntArray(absl::Span<const std::int64_t> values) &;
  /// The same on a temporary.
  Parameters&& AddIntArray(absl::Span<const std::int64_t> values) &&;

  /// Appends a timestamptz[] (microseconds, cut).
  Parameters& AddTimeArray(absl::Span<const absl::Time> values) &;
  /// The same on a temporary.
  Parameters&& AddTimeArray(absl::Span<const absl::Time> values) &&;

  /// Appends a bytea[].
  Parameters& AddBytesArray(absl::Span<const std::string> values) &;
  /// The same on a temporary.
  Parameters&& AddBytesArray(absl::Span<const std::string> values) &&;

  /// How many there are.
  int size() const { return static_cast<int>(values_.size()); }

  /// Tells whether every value can be sent: false when a text has a NUL byte.
  bool sendable() const { return sendable_; }

 private:
  friend class Connection;
  friend class WireParameters;

  struct Value {
    std::string bytes;
    bool null = false;
    bool binary = false;
  };

  void AppendBinary(std::string bytes);
  void Append(absl::string_view text);
  void Append(const char* text) { Append(absl::string_view(text)); }
  void Append(const std::string& text) { Append(absl::string_view(text)); }
  void Append(bool value) { Append(absl::string_view(value ? "t" : "f")); }
  void Append(absl::Time time);
  void Append(std::nullopt_t) { AddNull(); }

  template <std::integral T>
  void Append(T value) {
    static_assert(std::signed_integral<T> || sizeof(T) < sizeof(std::int64_t),
                  "use a signed number: PostgreSQL has no unsigned ones");
    AppendNumber(static_cast<std::int64_t>(value));
  }

  template <class T>
  void Append(const std::optional<T>& value) {
    if (value.has_value()) {
      Append(*value);
    } else {
      AddNull();
    }
  }

  void AppendNumber(std::int64_t value);

  std::vector<Value> values_;
  bool sendable_ = true;
};

}  // namespace houbu::postgres
