/// The life of one outgoing call: shared by the coroutine that waits, its cancellation and gRPC.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>
#include <google/protobuf/descriptor.h>
#include <grpcpp/client_context.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/async/task.h"
#include "libs/rpc/channel.h"

namespace houbu::rpc {

/// Names a method for metrics and logs.
struct MethodName {
  std::string service;
  std::string method;
};

/// Finds the method that takes this request among the services of the request's proto file.
MethodName MethodTaking(const google::protobuf::Descriptor* request);

/// Splits "/service/method".
MethodName MethodAt(absl::string_view path);

/// Prepares, counts and reports one outgoing call.
class Departure final {
 public:
  /// Sets deadline and metadata of `context`; the caller must ask status() before calling.
  Departure(ChannelOptions options, MethodName name, const CallContext& call,
            grpc::ClientContext& context);

  /// Ok, or DEADLINE_EXCEEDED when too little time is left to call at all.
  const absl::Status& status() const { return status_; }

  /// Gives the restored outcome, counted and reported.
  absl::Status Arrive(const grpc::Status& outcome) const;

 private:
  absl::Status Report(absl::Status status) const;

  ChannelOptions options_;
  MethodName name_;
  std::string traceparent_;
  absl::Time start_;
  absl::Status status_;
};

namespace flight_internal {

/// What gRPC, the coroutine and its cancellation share.
template <class Request, class Response>
struct Flight {
  grpc::ClientContext context;
  Request request;
  Response response;
  grpc::Status outcome;
};

/// A suspended coroutine, and what keeps its loop running while only gRPC is at work.
template <class Handler>
struct Waiting {
  Waiting(Handler suspended, const boost::asio::any_io_executor& executor)
      : handler(std::move(suspended)),
        work(boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked)) {}

  Handler handler;
  boost::asio::any_io_executor work;
};

/// Waits for a call that `start` begins with a callback: resumes on the coroutine's own executor,
/// and tries to cancel the call when the coroutine is cancelled. The flight is owned by all sides,
/// so neither a late callback nor a late cancellation touches anything gone.
template <class Request, class Response>
boost::asio::awaitable<void> Landed(
    std::shared_ptr<Flight<Request, Response>> flight,
    std::function<void(Flight<Request, Response>&, std::function<void(grpc::Status)>)> start) {
  auto initiate = [flight, start = std::move(start)](auto handler) {
    using Waiting = Waiting<decltype(handler)>;
    auto slot = boost::asio::get_associated_cancellation_slot(handler);
    const boost::asio::any_io_executor executor = boost::asio::get_associated_executor(handler);
    auto waiting = std::make_shared<std::optional<Waiting>>(Waiting(std::move(handler), executor));
    if (slot.is_connected()) {
      slot.assign([watched = std::weak_ptr<Flight<Request, Response>>(flight)](
                      boost::asio::cancellation_type) {
        if (const auto flying = watched.lock()) flying->context.TryCancel();
      });
    }
    start(*flight, [flight, waiting, executor](grpc::Status outcome) mutable {
      flight->outcome = std::move(outcome);
      // Both go to the loop whole: what waits may end it as soon as it has resumed, and the last
      // owner of a flight may own the last reference of a channel, which gRPC 1.51 cannot destroy
      // on its own thread.
      boost::asio::post(executor, [flight = std::move(flight), waiting = std::move(waiting)] {
        auto resumed = *std::move(*waiting);
        waiting->reset();
        std::move(resumed.handler)();
      });
    });
  };
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      std::move(initiate), boost::asio::use_awaitable);
}

}  // namespace flight_internal

/// Makes one call; the coroutine behind Client::Call.
template <class Stub, class Request, class Response>
async::Task<Response> Fly(Channel channel, std::shared_ptr<Stub> stub,
                          void (Stub::async_interface::*method)(grpc::ClientContext*,
                                                                const Request*, Response*,
                                                                std::function<void(grpc::Status)>),
                          Request request, CallContext call) {
  using Flight = flight_internal::Flight<Request, Response>;
  auto flight = std::make_shared<Flight>();
  flight->request = std::move(request);
  const Departure departure(channel.options(), MethodTaking(Request::descriptor()), call,
                            flight->context);
  if (!departure.status().ok()) co_return departure.status();
  std::function<void(Flight&, std::function<void(grpc::Status)>)> start =
      [stub, method](Flight& flying, std::function<void(grpc::Status)> landed) {
        (stub->async()->*method)(&flying.context, &flying.request, &flying.response,
                                 std::move(landed));
      };
  co_await flight_internal::Landed<Request, Response>(flight, std::move(start));
  absl::Status outcome = departure.Arrive(flight->outcome);
  if (!outcome.ok()) co_return outcome;
  co_return std::move(flight->response);
}

}  // namespace houbu::rpc
