/// How the seam and the client tell what happened, without knowing who listens.
#pragma once

#include <absl/status/status.h>
#include <absl/time/time.h>

#include <string>

namespace houbu::rpc {

/// Records one finished call, incoming or outgoing: what one log line needs.
struct CallRecord {
  bool outgoing = false;
  std::string method;       ///< "/houbu.slot.v1.SlotService/CreateBooking"
  std::string caller;       ///< Account name or "services/<name>"; "" when unknown or outgoing.
  std::string request_id;   ///< "" when the method takes none.
  std::string traceparent;  ///< The span of this call.
  /// The status as the handler gave it, with the cause that does not go over the wire.
  absl::Status status;
  /// The code sent, which differs from status.code() when a deadline or cancellation ended it.
  absl::StatusCode code = absl::StatusCode::kOk;
  absl::Duration duration;
};

/// Is told of every finished call; called on any thread, must not block or throw.
class CallObserver {
 public:
  virtual ~CallObserver() = default;
  /// Takes note of one finished call.
  virtual void OnCall(const CallRecord& record) = 0;
};

/// Ignores everything: for tests and tools.
class SilentObserver final : public CallObserver {
 public:
  void OnCall(const CallRecord&) override {}
};

}  // namespace houbu::rpc
