/// Which handler answers which request.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "libs/http/message.h"
#include "libs/http/server.h"

namespace houbu::http {

/// The routes of a server: method and path, exact or by prefix.
class Routes final {
 public:
  /// Adds a route; see Server::Handle.
  void Add(absl::string_view method, absl::string_view path, Handler handler);

  /// Returns the handler for `request`, or null with `refusal` set to the 404 or 405 to answer.
  const Handler* Find(const Request& request, Response& refusal) const;

 private:
  struct Route {
    std::string method;
    std::string path;  // Without the '*'.
    bool is_prefix;
    Handler handler;
  };
  const Route* BestFor(absl::string_view path) const;
  std::vector<Route> routes_;
};

/// Returns the answer that tells of a handler's failure.
Response FailureResponse(const absl::Status& failure);

}  // namespace houbu::http
