#include "libs/identity/proven_tokens.h"

#include <sodium.h>

#include <utility>

#include "libs/base/status_macros.h"

namespace houbu::identity {

namespace {

std::string DigestOf(absl::string_view token) {
  std::string digest(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(digest.data()), digest.size(),
                     reinterpret_cast<const unsigned char*>(token.data()), token.size(), nullptr,
                     0);
  return digest;
}

}  // namespace

absl::StatusOr<AccessClaims> ProvenTokens::Verify(absl::string_view token, absl::Time now) {
  std::string digest = DigestOf(token);
  std::optional<Proven> known = Find(digest);
  if (known && StillStands(*known)) {
    if (now >= known->claims.expire_time) return Refuse(kTokenExpired);
    return std::move(known->claims);
  }
  ASSIGN_OR_RETURN(AccessClaims claims, VerifyAccessToken(keys_, token, now));
  const std::optional<std::string> key_id = KeyIdOfToken(token);
  const std::optional<PublicKey> key = key_id ? keys_.Find(*key_id) : std::nullopt;
  if (key) Keep(std::move(digest), Proven{claims, *key});
  return claims;
}

std::size_t ProvenTokens::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return young_.size() + old_.size();
}

std::optional<ProvenTokens::Proven> ProvenTokens::Find(const std::string& digest) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto young = young_.find(digest);
  if (young != young_.end()) return young->second;
  const auto old = old_.find(digest);
  if (old == old_.end()) return std::nullopt;
  Proven proven = std::move(old->second);
  old_.erase(old);
  Put(digest, proven);
  return proven;
}

void ProvenTokens::Keep(std::string digest, Proven proven) {
  const std::lock_guard<std::mutex> lock(mutex_);
  Put(std::move(digest), std::move(proven));
}

void ProvenTokens::Put(std::string digest, Proven proven) {
  if (young_.size() >= capacity_) {
    old_ = std::move(young_);
    young_ = Generation();
  }
  young_[std::move(digest)] = std::move(proven);
}

bool ProvenTokens::StillStands(const Proven& proven) const {
  const std::optional<PublicKey> key = keys_.Find(proven.key.id);
  return key && key->bytes == proven.key.bytes;
}

}  // namespace houbu::identity
