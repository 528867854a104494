/// Slot, waitlist and payment, asked what of an account is under way.
#pragma once

#include <string>
#include <vector>

#include "libs/rpc/client.h"
#include "services/account/app/ports_erasure.h"

#include "houbu/account/v1/erasure.grpc.pb.h"

namespace houbu::account {

/// Asks each of them by its ErasureBlockerService.
class AskedServices final : public LiveThings {
 public:
  /// Asks over `channels`, one a service.
  explicit AskedServices(const std::vector<rpc::Channel>& channels);

  Task<std::vector<ErasureBlocker>> ListOf(std::string account) override;

 private:
  std::vector<rpc::Client<v1::ErasureBlockerService::Stub>> clients_;
};

}  // namespace houbu::account
