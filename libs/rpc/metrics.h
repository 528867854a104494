/// Request metrics under the names and labels of go-grpc-prometheus, so that stock dashboards fit.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/status/status.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>

#include <array>
#include <memory>
#include <mutex>
#include <string>

namespace houbu::rpc {

/// Counts the calls of one side: "server" or "client". All methods may be called from any thread.
class CallMetrics final {
 public:
  /// The side of the calls counted; it is the middle of the metrics' names.
  enum class Side { kServer, kClient };

  /// Registers the families grpc_<side>_{started,handled,msg_received,msg_sent}_total and
  /// grpc_<side>_handling_seconds. The registry must outlive this.
  CallMetrics(prometheus::Registry& registry, Side side);

  /// Creates all series of a method at zero, so that rates start from the first call. `type` is
  /// "unary" or "client_stream"; a method nobody introduced is taken for the former.
  void Introduce(absl::string_view service, absl::string_view method,
                 absl::string_view type = "unary");

  /// Counts a call that began and, unless its requests come as a stream, its request.
  void Started(absl::string_view service, absl::string_view method);

  /// Counts one message of a stream of requests.
  void Streamed(absl::string_view service, absl::string_view method);

  /// Counts a call that ended with `code` after `duration`.
  void Handled(absl::string_view service, absl::string_view method, absl::StatusCode code,
               absl::Duration duration);

 private:
  struct Series {
    bool streams;
    prometheus::Counter* started;
    prometheus::Counter* received;
    prometheus::Counter* sent;
    prometheus::Histogram* seconds;
    std::array<prometheus::Counter*, 17> handled;
  };

  Series& Of(absl::string_view service, absl::string_view method, absl::string_view type = "unary");

  const Side side_;
  prometheus::Family<prometheus::Counter>& started_;
  prometheus::Family<prometheus::Counter>& handled_;
  prometheus::Family<prometheus::Counter>& received_;
  prometheus::Family<prometheus::Counter>& sent_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  std::mutex mutex_;
  absl::flat_hash_map<std::string, std::unique_ptr<Series>> series_;
};

}  // namespace houbu::rpc
