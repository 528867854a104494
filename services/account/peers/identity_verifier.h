/// The identity provider, over HTTP (docs/reference/counterparties.md).
#pragma once

#include <string>

#include "libs/http/client.h"
#include "services/account/app/ports.h"

namespace houbu::account {

/// Asks the provider whether person, name and number are one.
class IdentityVerifier final : public IdentityProvider {
 public:
  /// Posts to `url` with `client`, which must outlive it.
  IdentityVerifier(http::Client& client, std::string url) : client_(client), url_(std::move(url)) {}

  Task<Finding> Compare(Passenger holder, std::string face_token) override;

 private:
  http::Client& client_;
  std::string url_;
};

}  // namespace houbu::account
