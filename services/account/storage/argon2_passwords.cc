#include "services/account/storage/argon2_passwords.h"

#include <sodium.h>

#include <array>
#include <functional>

#include "libs/secrets/bytes.h"
#include "libs/secrets/sodium.h"

namespace houbu::account {
namespace {

absl::StatusOr<std::string> HashOf(const std::string& peppered) {
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const int failed =
      crypto_pwhash_str_alg(hash.data(), peppered.data(), peppered.size(), Argon2Passwords::kPasses,
                            Argon2Passwords::kMemory, crypto_pwhash_ALG_ARGON2ID13);
  if (failed != 0) {
    return absl::UnavailableError("there is no memory to hash a password");
  }
  return std::string(hash.data());
}

/// A hash that takes as long as any to compare with and that nobody knows the password of.
std::string HashOfNobody() {
  secrets::RequireSodium();
  return HashOf(secrets::ToHex(secrets::RandomBytes(secrets::Key::kBytes))).value_or("");
}

}  // namespace

Argon2Passwords::Argon2Passwords(secrets::BlindIndex pepper, async::WorkerPoolOptions options)
    : pepper_(std::move(pepper)), nobodys_hash_(HashOfNobody()), pool_(options) {}

std::string Argon2Passwords::Peppered(const std::string& password) const {
  return pepper_.Of("passwords", password);
}

Task<std::string> Argon2Passwords::Hash(std::string password) {
  const std::string peppered = Peppered(password);
  std::function<async::Outcome<std::string>()> work = [peppered] { return HashOf(peppered); };
  return async::OnPool<std::string>(pool_, std::move(work));
}

Task<bool> Argon2Passwords::Fits(std::string hash, std::string password) {
  const std::string peppered = Peppered(password);
  const std::string compared = hash.empty() ? nobodys_hash_ : std::move(hash);
  std::function<async::Outcome<bool>()> work = [peppered, compared] {
    const int differs =
        crypto_pwhash_str_verify(compared.c_str(), peppered.data(), peppered.size());
    return async::Outcome<bool>(differs == 0);
  };
  return async::OnPool<bool>(pool_, std::move(work));
}

bool Argon2Passwords::IsStale(const std::string& hash) const {
  return crypto_pwhash_str_needs_rehash(hash.c_str(), kPasses, kMemory) != 0;
}

}  // namespace houbu::account
