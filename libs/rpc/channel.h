/// A connection to a peer service.
#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <grpcpp/channel.h>

#include <memory>
#include <string>

#include "libs/rpc/call.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/observer.h"
#include "libs/rpc/tls.h"

namespace houbu::rpc {

/// Says how outgoing calls are bounded and watched. Pointers may be null and must outlive the
/// channel.
struct ChannelOptions {
  /// The longest any one call may take.
  absl::Duration call_max = absl::Seconds(10);
  /// Kept back from the caller's deadline, to answer in time.
  absl::Duration margin = absl::Milliseconds(50);
  CallMetrics* metrics = nullptr;
  CallObserver* observer = nullptr;
};

/// Connects, lazily and again after every loss, to one peer. Cheap to copy; copies share the
/// connection.
class Channel final {
 public:
  /// Prepares calls to `target` ("localhost:7402", "dns:///slot:7402"). `service_config_json` is a
  /// gRPC service config (retry policies, load balancing), "" for none.
  Channel(const std::string& target, const Tls& tls, const std::string& service_config_json,
          ChannelOptions options = {});

  /// Gives the gRPC channel below.
  const std::shared_ptr<grpc::Channel>& grpc_channel() const { return channel_; }
  /// Gives the options.
  const ChannelOptions& options() const { return options_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  ChannelOptions options_;
};

/// Says on whose behalf and until when a call to a peer is made.
struct CallContext {
  /// When the answer is of no more use, in the machine's time.
  absl::Time deadline;
  /// The W3C traceparent of the span that calls; "" starts a new trace.
  std::string traceparent;
  /// Sent as `accept-language`; "" sends none.
  std::string language;
  /// An access token to relay (gateway and tools only); "" for none.
  std::string bearer;
};

/// Gives the context of calls made while serving `call`: its deadline, trace and language.
CallContext From(const Call& call);

/// Gives the context of a call made by nobody's request (loops, tools), bounded by `duration`
/// from now.
CallContext Within(absl::Duration duration);

}  // namespace houbu::rpc
