#include "libs/outbox/unary_call.h"

#include <grpcpp/support/slice.h>

#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace houbu::outbox {

namespace asio = boost::asio;

UnaryCall::UnaryCall(std::shared_ptr<grpc::Channel> channel, const postgres::OutboxCall& call,
                     absl::Duration deadline)
    : stub_(std::move(channel)), method_(call.method) {
  const grpc::Slice slice(call.payload);
  request_ = grpc::ByteBuffer(&slice, 1);
  context_.set_deadline(std::chrono::system_clock::now() + absl::ToChronoMicroseconds(deadline));
  if (!call.traceparent.empty()) {
    context_.AddMetadata("traceparent", call.traceparent);
  }
}

asio::awaitable<grpc::Status> UnaryCall::Make() {
  auto initiate = [self = shared_from_this()](auto handler) {
    using Handler = decltype(handler);
    const auto executor = asio::get_associated_executor(handler);
    auto waiting = std::make_shared<std::optional<Handler>>(std::move(handler));
    auto answered = [self, waiting,
                     guard = asio::make_work_guard(executor)](grpc::Status status) mutable {
      const auto loop = guard.get_executor();
      // All goes to the loop whole: the last owner of a call may own the last reference of a
      // channel, which gRPC 1.51 cannot destroy on its own thread.
      asio::post(loop, [self = std::move(self), waiting = std::move(waiting),
                        guard = std::move(guard), status = std::move(status)]() mutable {
        Handler resumed = *std::move(*waiting);
        waiting->reset();
        std::move(resumed)(std::move(status));
      });
    };
    self->stub_.UnaryCall(&self->context_, self->method_, grpc::StubOptions(), &self->request_,
                          &self->answer_, std::move(answered));
  };
  return asio::async_initiate<const asio::use_awaitable_t<>, void(grpc::Status)>(
      std::move(initiate), asio::use_awaitable);
}

std::string UnaryCall::AnswerBytes() const {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!answer_.Valid() || !answer_.Dump(&slices).ok()) {
    return bytes;
  }
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace houbu::outbox
