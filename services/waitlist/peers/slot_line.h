/// Slot, asked how demands stand in line.
#pragma once

#include "libs/rpc/client.h"
#include "services/waitlist/app/ports.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::waitlist {

/// Asks slot's DemandService.
class SlotLine final : public Line {
 public:
  /// Calls over `channel`.
  explicit SlotLine(rpc::Channel channel) : client_(std::move(channel)) {}

  Task<std::optional<LinePosition>> Find(std::string demand) override;

 private:
  rpc::Client<slot::v1::DemandService::Stub> client_;
};

}  // namespace houbu::waitlist
