#include "libs/rpc/metrics.h"

#include <absl/strings/str_cat.h>

#include <cstddef>

#include "libs/rpc/status.h"

namespace houbu::rpc {

namespace {

const char* NameOf(CallMetrics::Side side) {
  return side == CallMetrics::Side::kServer ? "server" : "client";
}

prometheus::Family<prometheus::Counter>& CounterFamily(prometheus::Registry& registry,
                                                       CallMetrics::Side side, const char* what,
                                                       const char* help) {
  return prometheus::BuildCounter()
      .Name(absl::StrCat("grpc_", NameOf(side), "_", what, "_total"))
      .Help(help)
      .Register(registry);
}

/// The bounds OpenTelemetry advises for request durations, in seconds.
prometheus::Histogram::BucketBoundaries Buckets() {
  return {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10};
}

}  // namespace

CallMetrics::CallMetrics(prometheus::Registry& registry, Side side)
    : side_(side),
      started_(CounterFamily(registry, side, "started", "RPCs started.")),
      handled_(CounterFamily(registry, side, "handled", "RPCs completed, by code.")),
      received_(CounterFamily(registry, side, "msg_received", "Messages received.")),
      sent_(CounterFamily(registry, side, "msg_sent", "Messages sent.")),
      seconds_(prometheus::BuildHistogram()
                   .Name(absl::StrCat("grpc_", NameOf(side), "_handling_seconds"))
                   .Help("Time from start to end of RPCs.")
                   .Register(registry)) {}

void CallMetrics::Introduce(absl::string_view service, absl::string_view method,
                            absl::string_view type) {
  Of(service, method, type);
}

void CallMetrics::Started(absl::string_view service, absl::string_view method) {
  Series& series = Of(service, method);
  series.started->Increment();
  if (!series.streams) (side_ == Side::kServer ? series.received : series.sent)->Increment();
}

void CallMetrics::Streamed(absl::string_view service, absl::string_view method) {
  Series& series = Of(service, method);
  (side_ == Side::kServer ? series.received : series.sent)->Increment();
}

void CallMetrics::Handled(absl::string_view service, absl::string_view method,
                          absl::StatusCode code, absl::Duration duration) {
  Series& series = Of(service, method);
  const auto index = static_cast<std::size_t>(code);
  series.handled[index < series.handled.size() ? index : 2]->Increment();
  if (code == absl::StatusCode::kOk) {
    (side_ == Side::kServer ? series.sent : series.received)->Increment();
  }
  series.seconds->Observe(absl::ToDoubleSeconds(duration));
}

CallMetrics::Series& CallMetrics::Of(absl::string_view service, absl::string_view method,
                                     absl::string_view type) {
  std::string key = absl::StrCat(service, "/", method);
  const std::lock_guard<std::mutex> lock(mutex_);
  std::unique_ptr<Series>& place = series_[key];
  if (place != nullptr) return *place;
  const prometheus::Labels labels = {{"grpc_type", std::string(type)},
                                     {"grpc_service", std::string(service)},
                                     {"grpc_method", std::string(method)}};
  place = std::make_unique<Series>();
  place->streams = type == "client_stream";
  place->started = &started_.Add(labels);
  place->received = &received_.Add(labels);
  place->sent = &sent_.Add(labels);
  place->seconds = &seconds_.Add(labels, Buckets());
  for (std::size_t code = 0; code < place->handled.size(); ++code) {
    prometheus::Labels with_code = labels;
    with_code["grpc_code"] = std::string(CodeLabel(static_cast<absl::StatusCode>(code)));
    place->handled[code] = &handled_.Add(with_code);
  }
  return *place;
}

}  // namespace houbu::rpc
