/// What Redis answered.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace houbu::redis {

/// One answer: nothing, a number, a text, or a list of answers. Errors are not replies: they come
/// as absl::Status.
class Reply final {
 public:
  /// What kind of answer it is.
  enum class Kind { kNil, kInteger, kText, kArray };

  /// Nothing.
  Reply() = default;
  /// A number.
  explicit Reply(std::int64_t integer) : value_(integer) {}
  /// A text; status replies ("OK") are texts too.
  explicit Reply(std::string text) : value_(std::move(text)) {}
  /// A list.
  explicit Reply(std::vector<Reply> items) : value_(std::move(items)) {}

  /// What kind of answer it is.
  Kind kind() const { return static_cast<Kind>(value_.index()); }
  /// Tells whether it is nothing.
  bool IsNil() const { return kind() == Kind::kNil; }

  /// The number, or the whole number a text spells; INTERNAL for everything else.
  absl::StatusOr<std::int64_t> Integer() const;
  /// The text; INTERNAL for everything else.
  absl::StatusOr<std::string> Text() const;
  /// The items as texts; numbers are spelled out. INTERNAL when it is no list, or an item neither.
  absl::StatusOr<std::vector<std::string>> Texts() const;

  /// The items of a list; empty for everything else.
  const std::vector<Reply>& items() const;
  /// The text; empty for everything else.
  const std::string& text() const;
  /// The number; 0 for everything else.
  std::int64_t integer() const;

 private:
  std::variant<std::monostate, std::int64_t, std::string, std::vector<Reply>> value_;
};

}  // namespace houbu::redis
