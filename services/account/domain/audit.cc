#include "services/account/domain/audit.h"

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include <nlohmann/json.hpp>

namespace houbu::account {

std::string ActorOf(const RequestKey& key) {
  const absl::string_view name = absl::StripPrefix(absl::string_view(key.caller), "services/");
  return absl::StartsWith(name, "operator") ? std::string(name) : key.caller;
}

std::string DetailJson(const AuditEntry& entry) {
  nlohmann::json detail = nlohmann::json::object();
  for (const auto& [name, value] : entry.detail) detail[name] = value;
  return detail.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace houbu::account
