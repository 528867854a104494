/// An HTTP client for counterparties: payment provider, identity verifier, SMS.
#pragma once

#include <cstddef>
#include <string>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/async/worker_pool.h"
#include "libs/http/message.h"

namespace houbu::http {

/// Limits of a Client.
struct ClientOptions {
  absl::Duration connect_timeout = absl::Seconds(3);
  std::size_t response_bytes_max = std::size_t{1} << 20;
  std::string ca_file;  ///< PEM bundle to trust for https; "" is the system's.
};

/// Sends requests with libcurl on a bounded pool. Follows no redirect, speaks http and https only.
class Client final {
 public:
  /// Uses the threads of `pool`, which must outlive the client.
  Client(async::WorkerPool& pool, ClientOptions options);

  /// Returns whatever the peer answered, also 4xx and 5xx. UNAVAILABLE when the peer cannot be
  /// reached or breaks off, DEADLINE_EXCEEDED when `request.timeout` passes (the outcome is then
  /// unknown), INVALID_ARGUMENT for a malformed URL or a header with a line break,
  /// FAILED_PRECONDITION with reason RESPONSE_TOO_LARGE beyond the limit.
  async::Task<Response> Send(Request request);

 private:
  async::WorkerPool& pool_;
  ClientOptions options_;
};

}  // namespace houbu::http
