/// The SMS carrier, over HTTP.
#pragma once

#include "libs/http/client.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Hands text messages to the carrier's API (docs/reference/counterparties.md).
class SmsCarrier final : public Carrier {
 public:
  /// Posts to `url` with `client`, which must outlive it.
  SmsCarrier(http::Client& client, std::string url) : client_(client), url_(std::move(url)) {}

  Task<void> Carry(Delivery delivery) override;

 private:
  http::Client& client_;
  std::string url_;
};

}  // namespace houbu::notification
