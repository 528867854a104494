/// The reactor of a call with one request and one answer.
#pragma once

#include <grpcpp/support/server_callback.h>

#include <utility>

#include "libs/rpc/call_life.h"

namespace houbu::rpc {

/// Deletes itself when gRPC is done with it.
class CallReactor final : public grpc::ServerUnaryReactor, public CallLife {
 public:
  using CallLife::CallLife;

  /// Cancels the coroutine.
  void OnCancel() override { Cancel(); }

  /// Deletes this.
  void OnDone() override { delete this; }

 private:
  void FinishCall(grpc::Status status) override { Finish(std::move(status)); }
};

}  // namespace houbu::rpc
