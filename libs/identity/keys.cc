#include "libs/identity/keys.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <sodium.h>
#include <sys/stat.h>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <utility>

#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "libs/secrets/bytes.h"

namespace houbu::identity {

namespace {

constexpr std::size_t kSignatureSize = 64;
constexpr std::chrono::seconds kLookInterval{1};

/// Signatures remembered in each of two generations, 32 bytes each.
constexpr std::size_t kSignaturesRemembered = 8192;

const unsigned char* Bytes(absl::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

absl::StatusOr<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::FailedPreconditionError(absl::StrCat("cannot read ", path));
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Changes whenever the file was replaced or written; "" when it is not there.
std::string VersionOf(const std::string& path) {
  struct stat facts {};
  if (::stat(path.c_str(), &facts) != 0) return "";
  return absl::StrCat(facts.st_ino, ":", facts.st_size, ":", facts.st_mtim.tv_sec, ".",
                      facts.st_mtim.tv_nsec);
}

std::optional<PublicKey> KeyOf(const nlohmann::json& jwk) {
  if (!jwk.is_object()) return std::nullopt;
  const auto text = [&jwk](const char* name) -> std::string {
    const auto member = jwk.find(name);
    return member != jwk.end() && member->is_string() ? member->get<std::string>() : "";
  };
  if (text("kty") != "OKP" || text("crv") != "Ed25519" || text("kid").empty()) return std::nullopt;
  const absl::StatusOr<std::string> bytes = secrets::FromBase64Url(text("x"));
  PublicKey key;
  if (!bytes.ok() || bytes->size() != key.bytes.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), key.bytes.begin());
  key.id = text("kid");
  return key;
}

absl::StatusOr<absl::flat_hash_map<std::string, PublicKey>> ParseKeySet(const std::string& text) {
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object() || !document.contains("keys") || !document["keys"].is_array()) {
    return absl::FailedPreconditionError("not a JWKS document");
  }
  absl::flat_hash_map<std::string, PublicKey> keys;
  for (const nlohmann::json& jwk : document["keys"]) {
    // Keys of other kinds may stand beside ours; RFC 7517 section 5 says to pass over them.
    if (const std::optional<PublicKey> key = KeyOf(jwk)) keys[key->id] = *key;
  }
  if (keys.empty()) return absl::FailedPreconditionError("no Ed25519 key in the JWKS document");
  return keys;
}

}  // namespace

std::string ThumbprintOf(const KeyBytes& bytes) {
  const std::string x = secrets::ToBase64Url(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const std::string canonical = absl::StrCat(R"({"crv":"Ed25519","kty":"OKP","x":")", x, R"("})");
  std::string digest(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(digest.data()), Bytes(canonical),
                     canonical.size());
  return secrets::ToBase64Url(digest);
}

absl::StatusOr<std::vector<PublicKey>> ParseKeySetJson(const std::string& text) {
  ASSIGN_OR_RETURN(const auto by_id, ParseKeySet(text));
  std::vector<PublicKey> keys;
  for (const auto& [id, key] : by_id) keys.push_back(key);
  return keys;
}

absl::StatusOr<Signer> Signer::FromSeedFile(const std::string& path) {
  ASSIGN_OR_RETURN(std::string text, ReadFile(path));
  const absl::string_view hex = absl::StripAsciiWhitespace(text);
  KeyBytes seed{};
  std::size_t size = 0;
  const char* end = nullptr;
  const int result =
      sodium_hex2bin(seed.data(), seed.size(), hex.data(), hex.size(), nullptr, &size, &end);
  const bool whole = result == 0 && size == seed.size() && end == hex.data() + hex.size();
  sodium_memzero(text.data(), text.size());
  if (!whole) {
    return absl::FailedPreconditionError(absl::StrCat(path, " is not a key of 64 hex digits"));
  }
  Signer signer = FromSeed(seed);
  sodium_memzero(seed.data(), seed.size());
  return signer;
}

Signer Signer::FromSeed(const KeyBytes& seed) {
  // It fails only on a machine without randomness, where nothing here may go on.
  if (sodium_init() < 0) std::abort();
  Signer signer;
  crypto_sign_seed_keypair(signer.public_key_.bytes.data(), signer.secret_.data(), seed.data());
  signer.public_key_.id = ThumbprintOf(signer.public_key_.bytes);
  return signer;
}

Signer::~Signer() { sodium_memzero(secret_.data(), secret_.size()); }

Signer::Signer(Signer&& other) noexcept
    : public_key_(std::move(other.public_key_)), secret_(other.secret_) {
  sodium_memzero(other.secret_.data(), other.secret_.size());
}

Signer& Signer::operator=(Signer&& other) noexcept {
  if (this == &other) return *this;
  public_key_ = std::move(other.public_key_);
  secret_ = other.secret_;
  sodium_memzero(other.secret_.data(), other.secret_.size());
  return *this;
}

std::string Signer::Sign(absl::string_view bytes) const {
  std::string signature(kSignatureSize, '\0');
  crypto_sign_detached(reinterpret_cast<unsigned char*>(signature.data()), nullptr, Bytes(bytes),
                       bytes.size(), secret_.data());
  return signature;
}

bool SignatureIsValid(const KeyBytes& key, absl::string_view bytes, absl::string_view signature) {
  if (signature.size() != kSignatureSize) return false;
  return crypto_sign_verify_detached(Bytes(signature), Bytes(bytes), bytes.size(), key.data()) == 0;
}

std::string KeySetJson(absl::Span<const PublicKey> keys) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const PublicKey& key : keys) {
    const absl::string_view bytes(reinterpret_cast<const char*>(key.bytes.data()),
                                  key.bytes.size());
    nlohmann::ordered_json jwk;
    jwk["kty"] = "OKP";
    jwk["crv"] = "Ed25519";
    jwk["use"] = "sig";
    jwk["alg"] = "EdDSA";
    jwk["kid"] = key.id;
    jwk["x"] = secrets::ToBase64Url(bytes);
    list.push_back(std::move(jwk));
  }
  nlohmann::ordered_json document;
  document["keys"] = std::move(list);
  return document.dump(2) + "\n";
}

absl::Status WriteKeySet(const std::string& path, absl::Span<const PublicKey> keys) {
  const std::string fresh = path + ".new";
  std::ofstream file(fresh, std::ios::binary | std::ios::trunc);
  file << KeySetJson(keys);
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    return absl::FailedPreconditionError(absl::StrCat("cannot write ", path));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<KeySet>> KeySet::Open(const std::string& path) {
  std::unique_ptr<KeySet> keys(new KeySet(path));
  RETURN_IF_ERROR(keys->Reload());
  return keys;
}

KeySet::KeySet(absl::Span<const PublicKey> keys) {
  for (const PublicKey& key : keys) keys_[key.id] = key;
}

KeySet::KeySet(std::string path) : path_(std::move(path)) {}

std::optional<PublicKey> KeySet::Find(absl::string_view id) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (!learned_ && !path_.empty() && now - looked_at_ >= kLookInterval) {
    looked_at_ = now;
    // What cannot be read now was readable before: keep verifying with what is known.
    if (VersionOf(path_) != version_) ReloadLocked().IgnoreError();
  }
  const auto found = keys_.find(id);
  if (found == keys_.end()) return std::nullopt;
  return found->second;
}

bool KeySet::HasSigned(absl::string_view id, absl::string_view bytes,
                       absl::string_view signature) const {
  const std::optional<PublicKey> key = Find(id);
  if (!key || signature.size() != kSignatureSize) return false;
  crypto_generichash_state state;
  Digest digest;
  crypto_generichash_init(&state, nullptr, 0, digest.size());
  crypto_generichash_update(&state, key->bytes.data(), key->bytes.size());
  crypto_generichash_update(&state, Bytes(signature), signature.size());
  crypto_generichash_update(&state, Bytes(bytes), bytes.size());
  crypto_generichash_final(&state, digest.data(), digest.size());
  if (Remembers(digest)) return true;
  if (!SignatureIsValid(key->bytes, bytes, signature)) return false;
  Remember(digest);
  return true;
}

bool KeySet::Remembers(const Digest& digest) const {
  const std::lock_guard<std::mutex> lock(signatures_mutex_);
  return signatures_.contains(digest) || older_signatures_.contains(digest);
}

void KeySet::Remember(const Digest& digest) const {
  const std::lock_guard<std::mutex> lock(signatures_mutex_);
  if (signatures_.size() >= kSignaturesRemembered) {
    older_signatures_ = std::move(signatures_);
    signatures_.clear();
  }
  signatures_.insert(digest);
}

absl::Status KeySet::Reload() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return ReloadLocked();
}

absl::Status KeySet::Learn(absl::string_view jwks) {
  absl::flat_hash_map<std::string, PublicKey> keys;
  ASSIGN_OR_RETURN(keys, ParseKeySet(std::string(jwks.data(), jwks.size())));
  const std::lock_guard<std::mutex> lock(mutex_);
  keys_ = std::move(keys);
  learned_ = true;
  return absl::OkStatus();
}

absl::Status KeySet::ReloadLocked() const {
  if (path_.empty()) return absl::OkStatus();
  std::string version = VersionOf(path_);
  ASSIGN_OR_RETURN(const std::string text, ReadFile(path_));
  absl::StatusOr<absl::flat_hash_map<std::string, PublicKey>> keys = ParseKeySet(text);
  if (!keys.ok()) {
    return absl::FailedPreconditionError(absl::StrCat(path_, ": ", keys.status().message()));
  }
  keys_ = *std::move(keys);
  version_ = std::move(version);
  return absl::OkStatus();
}

}  // namespace houbu::identity
