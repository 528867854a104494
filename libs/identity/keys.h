/// Ed25519 keys: the account service signs with one; everybody else knows the public halves.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/types/span.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace houbu::identity {

/// Holds the 32 bytes of an Ed25519 public key.
using KeyBytes = std::array<std::uint8_t, 32>;

/// Names a public key. Its id is its RFC 7638 thumbprint, so that the same key has the same id
/// everywhere.
struct PublicKey {
  std::string id;
  KeyBytes bytes{};
};

/// Gives the JWK thumbprint (RFC 7638, SHA-256, base64url) of a key.
std::string ThumbprintOf(const KeyBytes& bytes);

/// Signs with one private key, which never leaves it.
class Signer final {
 public:
  /// Takes the 32-byte seed from a file of 64 hex digits; FailedPrecondition says what is wrong
  /// with the file. Blocks: for start-up only.
  static absl::StatusOr<Signer> FromSeedFile(const std::string& path);

  /// Takes the seed itself.
  static Signer FromSeed(const KeyBytes& seed);

  /// Wipes the private key.
  ~Signer();
  Signer(Signer&& other) noexcept;
  Signer& operator=(Signer&& other) noexcept;

  /// Gives the public half.
  const PublicKey& public_key() const { return public_key_; }

  /// Gives the 64-byte signature of the bytes.
  std::string Sign(absl::string_view bytes) const;

 private:
  Signer() = default;

  PublicKey public_key_;
  std::array<std::uint8_t, 64> secret_{};
};

/// Tells whether `signature` is the key's over `bytes`.
bool SignatureIsValid(const KeyBytes& key, absl::string_view bytes, absl::string_view signature);

/// Gives the keys as a JWKS document (RFC 7517, RFC 8037).
std::string KeySetJson(absl::Span<const PublicKey> keys);

/// Reads the Ed25519 keys of a JWKS document; FailedPrecondition when it holds none.
absl::StatusOr<std::vector<PublicKey>> ParseKeySetJson(const std::string& text);

/// Writes a JWKS file, replacing it at once so that readers see the old or the new one whole.
absl::Status WriteKeySet(const std::string& path, absl::Span<const PublicKey> keys);

/// Knows the public keys in a JWKS file. A key is rotated by publishing the new one beside the old
/// one, signing with the new, and removing the old when its last token has expired. May be used
/// from any thread.
class KeySet final {
 public:
  /// Opens the file; FailedPrecondition when it cannot be read or holds no usable key.
  static absl::StatusOr<std::unique_ptr<KeySet>> Open(const std::string& path);

  /// Holds fixed keys, no file: for tests.
  explicit KeySet(absl::Span<const PublicKey> keys);

  /// Gives the key with this id. Looks at the file again, at most once a second, and reads it when
  /// it changed (a stat and some hundred bytes of a local file); a file that became unreadable
  /// leaves the keys as they were.
  std::optional<PublicKey> Find(absl::string_view id) const;

  /// Tells whether the key with this id has signed `bytes`. A token comes with every call, and
  /// verifying one costs more than all else of a small call: some thousands of signatures found
  /// valid are remembered, by a digest of key, signature and bytes. The key is looked up each time,
  /// so that one that was withdrawn vouches for nothing any more; what the bytes say, as when they
  /// expire, is the caller's to look at, each time.
  bool HasSigned(absl::string_view id, absl::string_view bytes, absl::string_view signature) const;

  /// Reads the file now.
  absl::Status Reload() const;

  /// Takes account's own word, a JWKS: from now on these are the keys, whatever the file says,
  /// which is only there to begin with. FAILED_PRECONDITION, and nothing changes, when it holds no
  /// usable key.
  absl::Status Learn(absl::string_view jwks);

 private:
  using Digest = std::array<std::uint8_t, 32>;

  bool Remembers(const Digest& digest) const;
  void Remember(const Digest& digest) const;

  explicit KeySet(std::string path);
  absl::Status ReloadLocked() const;

  const std::string path_;
  mutable std::mutex mutex_;
  mutable absl::flat_hash_map<std::string, PublicKey> keys_;
  bool learned_ = false;  // from account itself
  mutable std::chrono::steady_clock::time_point looked_at_;
  mutable std::string version_;  // what stat said of the file last read

  mutable std::mutex signatures_mutex_;
  mutable absl::flat_hash_set<Digest> signatures_;        // found valid lately
  mutable absl::flat_hash_set<Digest> older_signatures_;  // those before; dropped together
};

}  // namespace houbu::identity
