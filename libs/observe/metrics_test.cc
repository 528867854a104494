#include "libs/observe/metrics.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/time/time.h"
#include "catch2/catch.hpp"

#include "libs/observe/process_figures.h"

namespace houbu::observe {
namespace {

TEST_CASE("asking for a figure again gives the same one", "[observe][metrics]") {
  Metrics metrics;
  const Labels labels = {{"loop", "sweeper"}};
  prometheus::Counter& first = metrics.AddCounter("houbu_x_total", "X.", labels);
  prometheus::Counter& second = metrics.AddCounter("houbu_x_total", "X.", labels);
  CHECK(&first == &second);
}

TEST_CASE("figures render with their refreshers run and zero from the start",
          "[observe][metrics]") {
  Metrics metrics;
  metrics.AddCounter("houbu_x_total", "X.", {{"loop", "sweeper"}});
  prometheus::Gauge& gauge = metrics.AddGauge("houbu_y", "Y.");
  metrics.BeforeRender([&gauge] { gauge.Set(7); });
  const std::string text = metrics.Render();
  CAPTURE(text);
  CHECK(absl::StrContains(text, "houbu_x_total{loop=\"sweeper\"} 0"));
  CHECK(absl::StrContains(text, "houbu_y 7"));
}

TEST_CASE("the process tells what it uses", "[observe][metrics]") {
  Metrics metrics;
  AddProcessFigures(metrics, "slot", "0.1.0", absl::UnixEpoch() + absl::Seconds(5));
  const std::string text = metrics.Render();
  CAPTURE(text);
  CHECK(absl::StrContains(text, "houbu_build_info{service=\"slot\",version=\"0.1.0\"} 1"));
  CHECK(absl::StrContains(text, "process_start_time_seconds 5"));
  CHECK(absl::StrContains(text, "process_cpu_seconds_total"));
  CHECK(absl::StrContains(text, "process_resident_memory_bytes"));
  CHECK_FALSE(absl::StrContains(text, "process_open_fds 0"));
}

}  // namespace
}  // namespace houbu::observe
