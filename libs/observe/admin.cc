#include "libs/observe/admin.h"

#include <map>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

namespace houbu::observe {
namespace {

async::Task<http::Response> Answer(http::Response response) { co_return response; }

http::Response RenderReadiness(const std::map<std::string, absl::Status>& missing) {
  nlohmann::ordered_json answer;
  answer["ready"] = missing.empty();
  answer["missing"] = nlohmann::ordered_json::object();
  for (const auto& [name, state] : missing) {
    answer["missing"][name] =
        absl::StrCat(absl::StatusCodeToString(state.code()), ": ", state.message());
  }
  const auto replace = nlohmann::json::error_handler_t::replace;
  return http::JsonResponse(missing.empty() ? 200 : 503, answer.dump(-1, ' ', false, replace));
}

http::Response RenderFigures(Metrics& metrics) {
  http::Response response;
  response.headers.Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.body = metrics.Render();
  return response;
}

}  // namespace

void AddAdminPaths(http::Server& server, Metrics& metrics, const Readiness& readiness,
                   const Startup& startup) {
  server.Handle("GET", "/livez",
                [](http::Request) { return Answer(http::TextResponse(200, "ok\n")); });
  server.Handle("GET", "/startupz", [&startup](http::Request) {
    return Answer(startup.done ? http::TextResponse(200, "ok\n")
                               : http::TextResponse(503, "starting\n"));
  });
  server.Handle("GET", "/readyz", [&readiness](http::Request) {
    return Answer(RenderReadiness(readiness.missing()));
  });
  server.Handle("GET", "/metrics",
                [&metrics](http::Request) { return Answer(RenderFigures(metrics)); });
}

}  // namespace houbu::observe
