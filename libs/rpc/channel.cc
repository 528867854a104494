#include "libs/rpc/channel.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/support/channel_arguments.h>

#include "libs/base/clock.h"

namespace houbu::rpc {

namespace {

constexpr int kKeepaliveMs = 60 * 1000;
constexpr int kKeepaliveTimeoutMs = 10 * 1000;
// How long one attempt to connect may take: gRPC names it a minimum of the back-off.
constexpr int kConnectMaxMs = 5 * 1000;
constexpr int kReconnectFirstMs = 100;
constexpr int kReconnectMaxMs = 2 * 1000;

}  // namespace

Channel::Channel(const std::string& target, const Tls& tls, const std::string& service_config_json,
                 ChannelOptions options)
    : options_(options) {
  grpc::ChannelArguments arguments;
  if (!service_config_json.empty()) arguments.SetServiceConfigJSON(service_config_json);
  // A connection of its own: another channel's broken one must not count against this.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kKeepaliveMs);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kKeepaliveTimeoutMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMaxMs);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectFirstMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMaxMs);
  channel_ = grpc::CreateCustomChannel(target, ChannelCredentialsOf(tls), arguments);
}

CallContext From(const Call& call) {
  CallContext context;
  context.deadline = call.deadline;
  context.traceparent = call.traceparent;
  context.language = call.language;
  return context;
}

CallContext Within(absl::Duration duration) {
  CallContext context;
  context.deadline = SystemClock().Now() + duration;
  return context;
}

}  // namespace houbu::rpc
