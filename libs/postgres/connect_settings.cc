#include "libs/postgres/connect_settings.h"

#include <libpq-fe.h>

#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/postgres/errors.h"

namespace houbu::postgres {

namespace asio = boost::asio;

absl::StatusOr<ConnectSettings> ConnectSettings::Of(const PoolOptions& options) {
  char* error = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> parsed(
      PQconninfoParse(options.conninfo.c_str(), &error), PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> message(error, PQfreemem);
  if (parsed == nullptr) {
    return UnavailableBecause(message == nullptr ? "out of memory"
                                                 : absl::StripAsciiWhitespace(message.get()));
  }
  ConnectSettings connect;
  auto& settings = connect.settings_;
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) {
      settings[option->keyword] = option->val;
    }
  }
  settings["client_encoding"] = "UTF8";
  // A plan is kept with its connection. One that was made while a table was empty would go on
  // reading the whole of it, until somebody analyzes it: under load that is minutes.
  settings["options"] = absl::StrCat(
      settings["options"], " -c timezone=UTC -c datestyle=ISO -c bytea_output=hex",
      " -c enable_seqscan=off -c jit=off", " -c client_min_messages=warning -c statement_timeout=",
      absl::ToInt64Milliseconds(options.statement_timeout));
  // These stay as the conninfo has them; emplace changes nothing that is there.
  settings.emplace("application_name", options.application_name);
  settings.emplace("keepalives_idle", "30");
  settings.emplace("tcp_user_timeout", "15000");
  return connect;
}

Task<void> ConnectSettings::Resolve(asio::any_io_executor executor) {
  const auto found = settings_.find("host");
  if (found == settings_.end() || settings_.count("hostaddr") != 0) {
    co_return absl::OkStatus();
  }
  const std::string host = found->second;
  boost::system::error_code no_literal;
  asio::ip::make_address(host, no_literal);
  // Socket folders, and lists of hosts, are libpq's own affair.
  const bool is_name = no_literal && !host.empty() && host.front() != '/' && host.front() != '@' &&
                       !absl::StrContains(host, ",");
  if (!is_name) {
    co_return absl::OkStatus();
  }
  asio::ip::tcp::resolver resolver(executor);
  boost::system::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  const auto addresses = co_await resolver.async_resolve(host, std::string(), token);
  if (error) {
    co_return UnavailableBecause(absl::StrCat(host, ": ", error.message()));
  }
  std::vector<std::string> hosts;
  std::vector<std::string> literals;
  for (const auto& address : addresses) {
    hosts.push_back(host);
    literals.push_back(address.endpoint().address().to_string());
  }
  settings_["host"] = absl::StrJoin(hosts, ",");
  settings_["hostaddr"] = absl::StrJoin(literals, ",");
  co_return absl::OkStatus();
}

void ConnectSettings::List(std::vector<const char*>& keywords,
                           std::vector<const char*>& values) const {
  for (const auto& [keyword, value] : settings_) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
}

}  // namespace houbu::postgres
