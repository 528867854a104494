/// Password hashes: Argon2id by libsodium, with a pepper kept outside the database.
#pragma once

#include <string>
#include <utility>

#include "libs/async/worker_pool.h"
#include "libs/secrets/blind_index.h"
#include "services/account/app/ports_sign_in.h"

namespace houbu::account {

/// Hashes on a pool of its own threads: while a sign-in storm lasts, `threads` times 19 MiB are
/// taken and everything else is served.
class Argon2Passwords final : public PasswordHasher {
 public:
  /// The memory one hash takes, bytes, and how often it is gone over (OWASP's least: 19 MiB, 2).
  static constexpr std::size_t kMemory = 19 * 1024 * 1024;
  /// See kMemory.
  static constexpr unsigned long long kPasses = 2;

  /// Starts the threads; `pepper` is the key under which passwords are digested before.
  Argon2Passwords(secrets::BlindIndex pepper, async::WorkerPoolOptions options);

  Task<std::string> Hash(std::string password) override;
  Task<bool> Fits(std::string hash, std::string password) override;
  bool IsStale(const std::string& hash) const override;

 private:
  std::string Peppered(const std::string& password) const;

  secrets::BlindIndex pepper_;
  std::string nobodys_hash_;
  async::WorkerPool pool_;
};

}  // namespace houbu::account
