/// The mail server, over SMTP.
#pragma once

#include "libs/http/smtp.h"
#include "services/notification/app/ports.h"

namespace houbu::notification {

/// Hands e-mail to the SMTP server.
class MailCarrier final : public Carrier {
 public:
  /// Sends as `from` through `smtp`, which must outlive it.
  MailCarrier(http::Smtp& smtp, std::string from) : smtp_(smtp), from_(std::move(from)) {}

  Task<void> Carry(Delivery delivery) override;

 private:
  http::Smtp& smtp_;
  std::string from_;
};

}  // namespace houbu::notification
