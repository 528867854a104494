/// What the operating system says about this process, under the names every Prometheus client
/// library uses.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/observe/metrics.h"

namespace houbu::observe {

/// Adds `houbu_build_info` and the `process_*` figures of Linux: CPU, memory, descriptors, threads,
/// start. Read from /proc when rendered.
void AddProcessFigures(Metrics& metrics, absl::string_view service, absl::string_view version,
                       absl::Time started);

}  // namespace houbu::observe
