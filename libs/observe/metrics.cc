#include "libs/observe/metrics.h"

#include <utility>

#include "libs/base/text.h"
#include "prometheus/text_serializer.h"

namespace houbu::observe {
namespace {

std::string Copy(absl::string_view text) { return std::string(ToStd(text)); }

}  // namespace

const std::vector<double>& CallDurationBuckets() {
  static const std::vector<double> buckets = {0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25,
                                              0.5,   0.75, 1,     2.5,  5,     7.5, 10};
  return buckets;
}

Metrics::Metrics() : registry_(std::make_shared<prometheus::Registry>()) {}

prometheus::Counter& Metrics::AddCounter(absl::string_view name, absl::string_view help,
                                         const Labels& labels) {
  return prometheus::BuildCounter()
      .Name(Copy(name))
      .Help(Copy(help))
      .Register(*registry_)
      .Add(labels);
}

prometheus::Gauge& Metrics::AddGauge(absl::string_view name, absl::string_view help,
                                     const Labels& labels) {
  return prometheus::BuildGauge()
      .Name(Copy(name))
      .Help(Copy(help))
      .Register(*registry_)
      .Add(labels);
}

prometheus::Histogram& Metrics::AddHistogram(absl::string_view name, absl::string_view help,
                                             const std::vector<double>& buckets,
                                             const Labels& labels) {
  return prometheus::BuildHistogram()
      .Name(Copy(name))
      .Help(Copy(help))
      .Register(*registry_)
      .Add(labels, buckets);
}

void Metrics::BeforeRender(std::function<void()> refresh) {
  refreshers_.push_back(std::move(refresh));
}

void Metrics::AddSource(std::shared_ptr<prometheus::Collectable> source) {
  sources_.push_back(std::move(source));
}

std::string Metrics::Render() {
  for (const std::function<void()>& refresh : refreshers_) refresh();
  std::vector<prometheus::MetricFamily> families = registry_->Collect();
  for (const std::shared_ptr<prometheus::Collectable>& source : sources_) {
    for (prometheus::MetricFamily& family : source->Collect()) {
      families.push_back(std::move(family));
    }
  }
  return prometheus::TextSerializer().Serialize(families);
}

}  // namespace houbu::observe
