/// Access tokens that were verified before: a signed-in person calls again and again with the same
/// token, and proving its signature costs more than all else a call costs.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>

#include "libs/identity/access_token.h"
#include "libs/identity/keys.h"

namespace houbu::identity {

/// Verifies tokens and remembers which were proven, under a digest of all their bytes. A remembered
/// token is refused from its end on, and as soon as its key is no longer in the set. Bounded: what
/// was not shown for long is forgotten. May be used from any thread.
class ProvenTokens final {
 public:
  /// Remembers about `capacity` tokens, at most twice as many. `keys` must outlive this.
  explicit ProvenTokens(const KeySet& keys, std::size_t capacity = 32768)
      : keys_(keys), capacity_(capacity) {}

  /// As VerifyAccessToken.
  absl::StatusOr<AccessClaims> Verify(absl::string_view token, absl::Time now);

  /// How many are remembered.
  std::size_t size() const;

 private:
  struct Proven {
    AccessClaims claims;
    PublicKey key;
  };
  using Generation = absl::flat_hash_map<std::string, Proven>;  // by digest

  std::optional<Proven> Find(const std::string& digest);
  void Keep(std::string digest, Proven proven);
  void Put(std::string digest, Proven proven);  // with mutex_ held
  bool StillStands(const Proven& proven) const;

  const KeySet& keys_;
  const std::size_t capacity_;
  mutable std::mutex mutex_;
  // What is shown moves to the young generation; when that is full, the old one is forgotten.
  Generation young_;
  Generation old_;
};

}  // namespace houbu::identity
