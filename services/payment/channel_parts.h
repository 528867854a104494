/// What the parts of every provider share: the two halves of a channel, and settings that describe
/// it whole or are refused by name.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "libs/base/status_macros.h"
#include "libs/secrets/rsa.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// The two halves of a channel; the process owns them.
struct ChannelParts {
  Provider* provider = nullptr;
  const NoticeReader* reader = nullptr;
};

/// Settings of a section that cannot do without each other: each name, and whether it is missing.
using NeededSettings = std::vector<std::pair<absl::string_view, bool>>;

/// Refuses a section that has an app_id and not all that goes with it.
inline absl::Status CheckWhole(absl::string_view section, const NeededSettings& needed) {
  for (const auto& [name, is_missing] : needed) {
    if (!is_missing) continue;
    return absl::InvalidArgumentError(
        absl::StrCat(section, ".", name, " is needed where ", section, ".app_id is set"));
  }
  return absl::OkStatus();
}

/// Names the setting, "alipay.public_key_file", that a failure comes from.
template <class T>
absl::StatusOr<T> WithSetting(absl::string_view setting, absl::StatusOr<T> result) {
  if (result.ok()) return result;
  return absl::InvalidArgumentError(absl::StrCat(setting, ": ", result.status().message()));
}

/// Reads an RsaSigner or RsaVerifier from the PEM file that a setting names.
template <class Key>
absl::StatusOr<Key> LoadRsaKey(absl::string_view setting, const std::string& path) {
  ASSIGN_OR_RETURN(const std::string pem, WithSetting(setting, secrets::LoadSecretFile(path)));
  return WithSetting(setting, Key::FromPem(pem));
}

}  // namespace houbu::payment
