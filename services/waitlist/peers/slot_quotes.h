/// Slot, asked what wishes cost.
#pragma once

#include "libs/rpc/client.h"
#include "services/waitlist/app/ports.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::waitlist {

/// Asks slot's DemandService.
class SlotQuotes final : public Slots {
 public:
  /// Calls over `channel`.
  explicit SlotQuotes(rpc::Channel channel) : client_(std::move(channel)) {}

  Task<Quote> Ask(Wish wish) override;

 private:
  rpc::Client<slot::v1::DemandService::Stub> client_;
};

}  // namespace houbu::waitlist
