/// The load generator: keeps calls under way on one completion queue and says how they went.
#pragma once

#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/rpc/tls.h"
#include "tools/bench/latencies.h"

namespace houbu::bench {

/// One call to be made, its request serialized beforehand: the client's share is the least it can
/// be, and the same for everything that is compared.
struct Call {
  std::string method;         ///< "/houbu.slot.v1.BookingService/CreateBooking"
  grpc::ByteBuffer request;   ///< Shared by copies, not copied.
  std::string authorization;  ///< "Bearer ..."; "" for nobody's call.
};

/// Where the calls of a slice come from.
class CallSource {
 public:
  virtual ~CallSource() = default;

  /// Gives the next call, null when there are no more.
  virtual const Call* Next() = 0;
};

/// A stretch of load.
struct Slice {
  /// Calls under way: always as many in a closed loop, at most as many in an open one.
  int in_flight = 1;
  /// 0 is a closed loop: a call starts when another has ended. Otherwise calls arrive at this rate,
  /// whether those before have ended or not.
  double per_second = 0;
  absl::Duration warm_up = absl::ZeroDuration();  ///< Comes first and is not counted.
  absl::Duration length = absl::Seconds(1);       ///< What is counted.
};

/// How a slice went. Calls count that ended (closed loop) or should have started (open loop) in the
/// counted stretch.
struct SliceReport {
  std::int64_t succeeded = 0;
  std::map<std::string, std::int64_t> failures;  ///< By reason, else by code.
  absl::Duration length;                         ///< The counted stretch; less when calls ran out.
  bool ran_out = false;                          ///< The source had too few calls.
  std::int64_t answer_bytes = 0;                 ///< Of those that succeeded.
  /// Of all calls that counted. In an open loop it runs from when the call should have started: a
  /// server that stands still shows in every call that had to wait for it, not in one.
  Latencies latencies;
};

/// Makes calls to one server. One thread at a time uses it.
class Generator final {
 public:
  /// Calls `target` over this many connections of its own.
  Generator(const std::string& target, const rpc::Tls& tls, int connections);
  ~Generator();

  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  /// Runs a slice and waits for the last answer.
  SliceReport Run(const Slice& slice, CallSource& source);

 private:
  class Running;

  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
  grpc::CompletionQueue queue_;
};

}  // namespace houbu::bench
