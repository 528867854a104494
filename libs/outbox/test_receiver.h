/// A gRPC server for the dispatcher's tests: takes any method, remembers what came.
#pragma once

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace houbu::outbox {

/// Answers each call with "answer to " and its payload, or with a failure the test wants.
class Receiver final : public grpc::CallbackGenericService {
 public:
  /// What came.
  struct Received {
    std::string method;
    std::string payload;
    std::string traceparent;
  };
  using Answer = std::function<grpc::Status(const std::string& payload)>;

  Receiver() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~Receiver() override { server_->Shutdown(); }

  Receiver(const Receiver&) = delete;
  Receiver& operator=(const Receiver&) = delete;

  /// A channel to it.
  std::shared_ptr<grpc::Channel> Connect() const {
    return grpc::CreateChannel(absl::StrCat("127.0.0.1:", port_),
                               grpc::InsecureChannelCredentials());
  }

  /// Decides the answers from now on.
  void SetAnswer(Answer answer) {
    const std::lock_guard<std::mutex> lock(mutex_);
    answer_ = std::move(answer);
  }

  /// Everything that came, in order.
  std::vector<Received> calls() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return calls_;
  }

  /// The payloads "prefix-..." in order.
  std::vector<std::string> PayloadsOf(const std::string& prefix) const {
    std::vector<std::string> payloads;
    for (const Received& call : calls()) {
      if (absl::StartsWith(call.payload, prefix + "-")) {
        payloads.push_back(call.payload);
      }
    }
    return payloads;
  }

 private:
  class Reactor final : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(Receiver& receiver, grpc::GenericCallbackServerContext& context)
        : receiver_(receiver), context_(context) {
      StartRead(&request_);
    }

    void OnReadDone(bool ok) override {
      Received received;
      received.method = context_.method();
      std::vector<grpc::Slice> slices;
      if (!ok || !request_.Dump(&slices).ok()) {
        Finish(grpc::Status(grpc::StatusCode::INTERNAL, "no request"));
        return;
      }
      for (const grpc::Slice& slice : slices) {
        received.payload.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
      }
      const auto trace = context_.client_metadata().find("traceparent");
      if (trace != context_.client_metadata().end()) {
        received.traceparent = std::string(trace->second.data(), trace->second.size());
      }
      const grpc::Slice answer(absl::StrCat("answer to ", received.payload));
      const grpc::Status status = receiver_.Take(std::move(received));
      if (!status.ok()) {
        Finish(status);
        return;
      }
      answer_ = grpc::ByteBuffer(&answer, 1);
      StartWriteAndFinish(&answer_, grpc::WriteOptions(), grpc::Status());
    }

    void OnDone() override { delete this; }

   private:
    Receiver& receiver_;
    grpc::GenericCallbackServerContext& context_;
    grpc::ByteBuffer request_;
    grpc::ByteBuffer answer_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, *context);
  }

  grpc::Status Take(Received received) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const grpc::Status status = answer_ ? answer_(received.payload) : grpc::Status();
    calls_.push_back(std::move(received));
    return status;
  }

  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  mutable std::mutex mutex_;
  Answer answer_;
  std::vector<Received> calls_;
};

}  // namespace houbu::outbox
