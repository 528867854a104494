/// The door for the platform, not for travellers: a plain HTTP port with probes and figures.
///
///     /livez     200 while the event loop turns
///     /startupz  200 once the service has prepared everything it serves from
///     /readyz    200 when everything it needs is there, else 503 naming what is missing
///     /metrics   Prometheus' text format
#pragma once

#include <string>

#include "libs/http/server.h"
#include "libs/observe/metrics.h"
#include "libs/observe/readiness.h"

namespace houbu::observe {

/// Whether a service has come up; set once by the process.
struct Startup {
  bool done = false;
};

/// Adds the four paths to a server. All three must outlive it.
void AddAdminPaths(http::Server& server, Metrics& metrics, const Readiness& readiness,
                   const Startup& startup);

}  // namespace houbu::observe
