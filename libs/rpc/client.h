/// Calls to peers as tasks: bounded by the caller's deadline, cancelled with the coroutine, their
/// refusals restored.
#pragma once

#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "libs/async/task.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/flight.h"

namespace houbu::rpc {

/// Calls one service of a peer. `Stub` is the generated one: Client<PaymentService::Stub>.
template <class Stub>
class Client final {
 public:
  /// Uses the channel's connection.
  explicit Client(Channel channel)
      : channel_(std::move(channel)), stub_(std::make_shared<Stub>(channel_.grpc_channel())) {}

  /// Makes one call, `Call(&Stub::async_interface::CreatePayment, request, From(call))`. Its
  /// deadline is the context's minus the channel's margin, at most the channel's call_max; with
  /// less than the margin left it is refused at once with DEADLINE_EXCEEDED. Cancelling the
  /// coroutine cancels the call. A refusal of the peer comes back as it was given.
  template <class Request, class Response>
  async::Task<Response> Call(
      void (Stub::async_interface::*method)(grpc::ClientContext*, const Request*, Response*,
                                            std::function<void(grpc::Status)>),
      Request request, CallContext context) const {
    return Fly<Stub, Request, Response>(channel_, stub_, method, std::move(request),
                                        std::move(context));
  }

 private:
  Channel channel_;
  std::shared_ptr<Stub> stub_;
};

/// Makes one call with the serialized request of `method` ("/houbu.payment.v1.PaymentService/
/// CreatePayment") and gives the serialized response: for callers that carry calls of any type.
async::Task<std::string> CallBytes(Channel channel, std::string method, std::string request,
                                   CallContext context);

}  // namespace houbu::rpc
