#include "services/account/storage/totp.h"

#include <liboath/oath.h>

#include <cstdlib>

#include "libs/secrets/bytes.h"

namespace houbu::account {
namespace {

constexpr std::size_t kSecretBytes = 20;
constexpr std::size_t kDigits = 6;
constexpr std::int64_t kStepSeconds = 30;
constexpr std::size_t kWindow = 1;

}  // namespace

Totp::Totp() { oath_init(); }

std::string Totp::NewSecret() const {
  const std::string bytes = secrets::RandomBytes(kSecretBytes);
  char* text = nullptr;
  std::size_t length = 0;
  if (oath_base32_encode(bytes.data(), bytes.size(), &text, &length) != OATH_OK) {
    std::abort();  // out of memory
  }
  std::string secret(text, length);
  std::free(text);
  return secret;
}

std::optional<std::int64_t> Totp::StepOf(const std::string& secret, const std::string& code,
                                         absl::Time now) const {
  char* bytes = nullptr;
  std::size_t length = 0;
  if (code.size() != kDigits ||
      oath_base32_decode(secret.data(), secret.size(), &bytes, &length) != OATH_OK) {
    return std::nullopt;
  }
  int position = 0;
  const std::int64_t seconds = absl::ToUnixSeconds(now);
  const int found = oath_totp_validate2(bytes, length, seconds, kStepSeconds, 0, kWindow, &position,
                                        code.c_str());
  std::free(bytes);
  if (found < 0) {
    return std::nullopt;
  }
  return seconds / kStepSeconds + position;
}

}  // namespace houbu::account
