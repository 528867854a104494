/// The identity provider, over HTTP (docs/reference/counterparties.md).
#pragma once

#include <string>
#include <utility>

#include "absl/strings/string_view.h"

#include "libs/http/client.h"
#include "services/account/app/ports_verification.h"

namespace houbu::account {

/// Where the provider is, and how it is asked.
struct VerifierOptions {
  std::string url = "http://127.0.0.1:7461";
  std::string callback_url;  ///< Where it brings late answers; "" for nowhere.
  absl::Duration call_max = absl::Seconds(5);
  absl::Duration inquiry_max = absl::Seconds(3);
};

/// Asks the provider whether person, name and number are one.
class IdentityVerifier final : public IdentityProvider {
 public:
  /// Asks with `client`, which must outlive it.
  IdentityVerifier(http::Client& client, VerifierOptions options)
      : client_(client), options_(std::move(options)) {}

  Task<Finding> Compare(IdentityCheck check, Passenger holder, std::string face_token) override;
  Task<Finding> Ask(std::string check) override;

 private:
  http::Client& client_;
  VerifierOptions options_;
};

/// Reads a result word of the provider: MATCH, MISMATCH, LIVENESS_FAILED; nothing for others.
std::optional<Finding> FindingNamed(absl::string_view result);

}  // namespace houbu::account
