/// One gRPC call with bytes in and bytes out; private to libs/outbox.
#pragma once

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>
#include <grpcpp/support/status.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include <boost/asio/awaitable.hpp>

#include "libs/async/task.h"
#include "libs/postgres/unit_of_work.h"

namespace houbu::outbox {

/// A call under way. gRPC answers on a thread of its own; the coroutine resumes on its executor.
class UnaryCall final : public std::enable_shared_from_this<UnaryCall> {
 public:
  /// Prepares a call; `deadline` from now.
  UnaryCall(std::shared_ptr<grpc::Channel> channel, const postgres::OutboxCall& call,
            absl::Duration deadline);

  /// Makes the call, once.
  boost::asio::awaitable<grpc::Status> Make();

  /// Ends the call as CANCELLED. From any thread.
  void Cancel() { context_.TryCancel(); }

  /// The answer's bytes.
  std::string AnswerBytes() const;

 private:
  grpc::GenericStub stub_;
  std::string method_;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_;
  grpc::ByteBuffer answer_;
};

}  // namespace houbu::outbox
