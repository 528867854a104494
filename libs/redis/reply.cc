#include "libs/redis/reply.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace houbu::redis {

absl::StatusOr<std::int64_t> Reply::Integer() const {
  if (kind() == Kind::kInteger) {
    return integer();
  }
  std::int64_t number = 0;
  if (kind() == Kind::kText && absl::SimpleAtoi(text(), &number)) {
    return number;
  }
  return absl::InternalError("Redis' answer is no whole number.");
}

absl::StatusOr<std::string> Reply::Text() const {
  if (kind() == Kind::kText) {
    return text();
  }
  return absl::InternalError("Redis' answer is no text.");
}

absl::StatusOr<std::vector<std::string>> Reply::Texts() const {
  if (kind() != Kind::kArray) {
    return absl::InternalError("Redis' answer is no list.");
  }
  std::vector<std::string> texts;
  texts.reserve(items().size());
  for (const Reply& item : items()) {
    if (item.kind() == Kind::kText) {
      texts.push_back(item.text());
    } else if (item.kind() == Kind::kInteger) {
      texts.push_back(absl::StrCat(item.integer()));
    } else {
      return absl::InternalError("Redis' answer is no list of texts.");
    }
  }
  return texts;
}

const std::vector<Reply>& Reply::items() const {
  static const auto* const none = new std::vector<Reply>();
  const auto* const items = std::get_if<std::vector<Reply>>(&value_);
  return items == nullptr ? *none : *items;
}

const std::string& Reply::text() const {
  static const auto* const none = new std::string();
  const auto* const text = std::get_if<std::string>(&value_);
  return text == nullptr ? *none : *text;
}

std::int64_t Reply::integer() const {
  const auto* const integer = std::get_if<std::int64_t>(&value_);
  return integer == nullptr ? 0 : *integer;
}

}  // namespace houbu::redis
