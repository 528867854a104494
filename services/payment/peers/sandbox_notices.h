/// The sandbox provider's callbacks: proven by their signature before anything in them is read.
#pragma once

#include "libs/secrets/keys.h"
#include "services/payment/app/ports.h"
#include "services/payment/peers/notices.h"

namespace houbu::payment {

/// Reads the sandbox provider's callbacks.
class SandboxNotices final : public NoticeReader {
 public:
  /// Knows them by `key`.
  explicit SandboxNotices(const secrets::Key& key) : key_(key) {}

  absl::StatusOr<ProvenNotice> Read(const SignedNotice& notice, absl::Time now) const override;
  CallbackAnswer Answer(int status, absl::string_view outcome) const override;

 private:
  secrets::Key key_;
};

}  // namespace houbu::payment
