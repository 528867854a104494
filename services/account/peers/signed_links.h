/// Download links signed with a key of our own.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

#include "services/account/app/ports_attachments.h"

namespace houbu::account {

/// A key of links, by a name that goes along with each link and says nothing of the key.
struct LinkKey {
  std::string id;
  std::string secret;  ///< 32 bytes.
};

/// Signs with HMAC-SHA256 under the first of its keys, and takes what any of them signed: a new key
/// is put in front, and the old one taken away when its last link is over.
class SignedLinks final : public LinkSigner {
 public:
  /// Reads keys of 64 hex digits from files: the one that signs and, "" for none, the one before
  /// it. INVALID_ARGUMENT or NOT_FOUND, for the operator, when one is none. Blocks: for start-up
  /// only.
  static absl::StatusOr<SignedLinks> Load(const std::string& path, const std::string& former);

  /// Takes at least one key.
  explicit SignedLinks(std::vector<LinkKey> keys) : keys_(std::move(keys)) {}

  std::string Sign(const LinkClaim& claim) const override;
  std::optional<LinkClaim> Read(absl::string_view token) const override;

 private:
  std::vector<LinkKey> keys_;
};

}  // namespace houbu::account
