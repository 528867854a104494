/// Follows account: which keys sign, what was revoked and which roles staff have. Nobody calls
/// account on the way of a request; this asks it a few times a second beside all requests, so that
/// signing out and freezing an account take effect everywhere within a second, and a new key is
/// known before it is used.
#pragma once

#include <cstdint>
#include <string>

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/identity/keys.h"
#include "libs/identity/revocations.h"
#include "libs/identity/staff_roles.h"
#include "libs/observe/metrics.h"
#include "libs/rpc/client.h"

#include "houbu/account/v1/trust.grpc.pb.h"

namespace houbu::process {

/// Asks account again and again. While account is away nothing new is learned and nothing stops: a
/// token cannot be renewed then either, and is over a quarter of an hour after it was issued.
class TrustFollower final {
 public:
  /// Asks over `channel`; what it is given must outlive it.
  TrustFollower(rpc::Channel channel, identity::KeySet& keys, identity::Revocations& revocations,
                identity::StaffRoles& staff, const Clock& clock, observe::Metrics& metrics);

  /// One round: learns all there is.
  async::Task<void> Round();

 private:
  rpc::Client<account::v1::TrustService::Stub> client_;
  identity::KeySet& keys_;
  identity::Revocations& revocations_;
  identity::StaffRoles& staff_;
  const Clock& clock_;
  prometheus::Gauge& learned_at_;
  std::int64_t position_ = 0;
  std::string staff_tag_;
};

}  // namespace houbu::process
