/// The identity provider's callbacks: proven by their signature before anything in them is read.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "services/account/app/ports_verification.h"

namespace houbu::account {

/// Reads callbacks signed with HMAC-SHA256 over timestamp, nonce and the raw body
/// (docs/reference/counterparties.md).
class IdentityNotices final : public NoticeReader {
 public:
  /// Reads keys of 64 hex digits from files: the one in use and, "" for none, the one before it.
  /// INVALID_ARGUMENT or NOT_FOUND, for the operator, when one is none. Blocks: for start-up only.
  static absl::StatusOr<IdentityNotices> Load(const std::string& path, const std::string& former);

  /// Believes what any of these keys, 32 bytes each, has signed.
  explicit IdentityNotices(std::vector<std::string> keys) : keys_(std::move(keys)) {}

  absl::StatusOr<CheckNotice> Read(const std::map<std::string, std::string>& headers,
                                   absl::string_view body, absl::Time now) const override;

 private:
  std::vector<std::string> keys_;
};

}  // namespace houbu::account
