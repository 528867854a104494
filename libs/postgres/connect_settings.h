/// What libpq is told when a connection is opened.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include <boost/asio/any_io_executor.hpp>

#include "libs/async/task.h"
#include "libs/postgres/pool.h"

namespace houbu::postgres {

/// The conninfo's settings and ours: UTC, ISO dates, UTF-8, statement timeout.
class ConnectSettings final {
 public:
  /// Reads the conninfo; UNAVAILABLE with libpq's message when it is malformed.
  static absl::StatusOr<ConnectSettings> Of(const PoolOptions& options);

  /// Looks the host's addresses up, which libpq would block the loop for.
  Task<void> Resolve(boost::asio::any_io_executor executor);

  /// Lists the settings for PQconnectStartParams, terminated; borrows.
  void List(std::vector<const char*>& keywords, std::vector<const char*>& values) const;

 private:
  std::map<std::string, std::string> settings_;
};

}  // namespace houbu::postgres
