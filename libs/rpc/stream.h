/// Calls whose requests come as a stream (an upload), read by their handler one message at a time.
///
/// They go through the seam as all calls do: the same identities, access options, deadlines,
/// figures and log lines. What differs is that gRPC is asked for the next message only when the
/// handler wants it, so that no more of the stream is in memory than the handler keeps and gRPC
/// lets the sender be ahead.
///
///   grpc::ServerReadReactor<v1::UploadRequest>* Upload(grpc::CallbackServerContext* context,
///                                                      v1::File* response) override {
///     return rpc::RunStream(seam_, context, response, this, &FileHandlers::Take);
///   }
///   async::Task<v1::File> Take(const Call& call, rpc::Incoming<v1::UploadRequest>& stream);
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "libs/rpc/call_life.h"
#include "libs/rpc/seam.h"

namespace houbu::rpc {

/// The part of a stream's reactor that does not depend on the messages' type.
class StreamLife : public CallLife {
 public:
  /// Gives the rule of the method whose requests are of this type; null when it is not served.
  static const MethodRule* RuleOf(const Seam& seam, const google::protobuf::Descriptor* request);

  /// Counts the call as started.
  StreamLife(const Seam& seam, const MethodRule& rule, grpc::CallbackServerContext& context);

  /// Has the handler's coroutine answer the call, if its caller is let in.
  void Begin(const std::function<async::Task<void>(const Call&)>& work);

  /// Reads the next message into where the reactor keeps it; false at the end of the stream.
  /// CANCELLED when the caller is gone: what came is then not the whole. The first message must
  /// carry the request_id, where the method takes one.
  async::Task<bool> Read();

  /// Gives the key of the request that `whole` says all of, in place of the first message.
  absl::StatusOr<RequestKey> KeyOf(const google::protobuf::Message& whole) const;

 protected:
  /// Has the reactor begin to read.
  virtual void StartReading() = 0;
  /// Gives the message read last.
  virtual const google::protobuf::Message& message() const = 0;

  /// Takes note that reading ended; called by gRPC, at any time until the reactor is done.
  void OnRead(bool has_message);

 private:
  struct Mailbox;

  absl::Status TakeFirst();

  const Seam& seam_;
  grpc::CallbackServerContext& context_;
  std::shared_ptr<Mailbox> mailbox_;
  bool is_first_ = true;
};

template <class Request>
class StreamReactor;

/// A stream of requests as its handler sees it; it lives until the handler's coroutine ends.
template <class Request>
class Incoming final {
 public:
  /// Reads what the reactor receives.
  explicit Incoming(StreamReactor<Request>& reactor) : reactor_(reactor) {}

  /// Gives the next message, nothing at the end of the stream; CANCELLED when the caller is gone.
  /// The first must carry the request_id, where the method takes one. One call at a time.
  async::Task<std::optional<Request>> Next() { return reactor_.NextMessage(); }

  /// Gives the request's key once `whole` says all of the stream that matters: its first message,
  /// say, with the digest of the rest. It takes the place of call.request_key, which knows the
  /// first message only.
  absl::StatusOr<RequestKey> KeyOf(const Request& whole) const { return reactor_.KeyOf(whole); }

 private:
  StreamReactor<Request>& reactor_;
};

/// The reactor of a call whose requests come as a stream; deletes itself when gRPC is done with it.
template <class Request>
class StreamReactor final : public grpc::ServerReadReactor<Request>, public StreamLife {
 public:
  using StreamLife::StreamLife;

  /// The stream, for the handler.
  Incoming<Request>& incoming() { return incoming_; }

  /// See Incoming::Next.
  async::Task<std::optional<Request>> NextMessage() {
    const absl::StatusOr<bool> has_message = co_await Read();
    if (!has_message.ok()) co_return has_message.status();
    if (!*has_message) co_return std::optional<Request>();
    co_return std::optional<Request>(std::move(message_));
  }

  /// Passes it on.
  void OnReadDone(bool has_message) override { OnRead(has_message); }

  /// Cancels the coroutine.
  void OnCancel() override { this->Cancel(); }

  /// Deletes this.
  void OnDone() override { delete this; }

 private:
  void StartReading() override {
    message_.Clear();
    this->StartRead(&message_);
  }
  const google::protobuf::Message& message() const override { return message_; }
  void FinishCall(grpc::Status status) override { this->Finish(std::move(status)); }

  Request message_;
  Incoming<Request> incoming_{*this};
};

/// The reactor of a stream nobody serves.
template <class Request>
class UnservedStream final : public grpc::ServerReadReactor<Request> {
 public:
  /// Answers at once.
  UnservedStream() {
    this->Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, "There is no such method."));
  }
  /// Deletes this.
  void OnDone() override { delete this; }
};

namespace stream_internal {

template <class Handlers, class Request, class Response>
async::Task<void> Answer(Handlers* handlers,
                         async::Task<Response> (Handlers::*method)(const Call&, Incoming<Request>&),
                         const Call* call, Incoming<Request>* incoming, Response* response) {
  absl::StatusOr<Response> answer = co_await (handlers->*method)(*call, *incoming);
  if (!answer.ok()) co_return std::move(answer).status();
  *response = *std::move(answer);
  co_return absl::OkStatus();
}

}  // namespace stream_internal

/// Answers one call by a handler's coroutine, as Seam::Run does. `seam` must outlive the server.
template <class Handlers, class Request, class Response>
grpc::ServerReadReactor<Request>* RunStream(
    const Seam& seam, grpc::CallbackServerContext* context, Response* response, Handlers* handlers,
    async::Task<Response> (Handlers::*method)(const Call&, Incoming<Request>&)) {
  const MethodRule* const rule = StreamLife::RuleOf(seam, Request::descriptor());
  if (rule == nullptr) return new UnservedStream<Request>();
  auto* const reactor = new StreamReactor<Request>(seam, *rule, *context);
  Incoming<Request>* const incoming = &reactor->incoming();
  reactor->Begin([handlers, method, incoming, response](const Call& call) {
    return stream_internal::Answer(handlers, method, &call, incoming, response);
  });
  return reactor;
}

}  // namespace houbu::rpc
