/// The figures of a process: what Prometheus reads on the admin port. Asking for a figure that is
/// there already gives the same one, so a component may be built twice in a test.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace houbu::observe {

/// Label names with their values. Values come from a closed set: never ids, never input.
using Labels = std::map<std::string, std::string>;

/// The bounds, in seconds, OpenTelemetry recommends for the duration of a call.
const std::vector<double>& CallDurationBuckets();

/// A registry of figures with the ways to add and to render them. Safe from any thread.
class Metrics final {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// Gives the counter of this name and these labels; starts at 0. `name` ends in `_total`.
  prometheus::Counter& AddCounter(absl::string_view name, absl::string_view help,
                                  const Labels& labels = {});
  /// Gives the gauge of this name and these labels.
  prometheus::Gauge& AddGauge(absl::string_view name, absl::string_view help,
                              const Labels& labels = {});
  /// Gives the histogram of this name and these labels.
  prometheus::Histogram& AddHistogram(absl::string_view name, absl::string_view help,
                                      const std::vector<double>& buckets,
                                      const Labels& labels = {});

  /// Has `refresh` run before each rendering, for figures that are read rather than counted. It
  /// must neither block nor wait.
  void BeforeRender(std::function<void()> refresh);

  /// Adds figures that are collected when rendered.
  void AddSource(std::shared_ptr<prometheus::Collectable> source);

  /// Gives all figures in Prometheus' text format 0.0.4.
  std::string Render();

  /// Gives the registry itself, for components that bring their own families.
  const std::shared_ptr<prometheus::Registry>& registry() const { return registry_; }

 private:
  std::shared_ptr<prometheus::Registry> registry_;
  std::vector<std::function<void()>> refreshers_;
  std::vector<std::shared_ptr<prometheus::Collectable>> sources_;
};

}  // namespace houbu::observe
