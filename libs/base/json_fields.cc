#include "libs/base/json_fields.h"

#include "absl/strings/str_cat.h"

namespace houbu {

absl::Status WrongJson(absl::string_view where, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(where, " ", what));
}

absl::Status CheckKeys(const nlohmann::json& object, const std::string& where,
                       const std::set<std::string>& known) {
  if (!object.is_object()) return WrongJson(where, "is not an object");
  for (const auto& [key, value] : object.items()) {
    if (known.count(key) == 0) return WrongJson(where, absl::StrCat("has the unknown key ", key));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> TextAt(const nlohmann::json& object, const std::string& where,
                                   const char* key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string()) {
    return WrongJson(where, absl::StrCat("needs the text ", key));
  }
  return found->get<std::string>();
}

absl::StatusOr<std::int64_t> NumberAt(const nlohmann::json& object, const std::string& where,
                                      const char* key, std::int64_t most) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_number_integer() || *found < 0 || *found > most) {
    return WrongJson(where, absl::StrCat("needs the whole number ", key, ", 0 to ", most));
  }
  return found->get<std::int64_t>();
}

}  // namespace houbu
