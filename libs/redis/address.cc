#include "libs/redis/address.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"

namespace houbu::redis {

absl::StatusOr<Address> ParseAddress(absl::string_view text) {
  const std::size_t colon = text.rfind(':');
  absl::string_view host = text.substr(0, colon);
  int port = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(text.substr(colon + 1), &port) ||
      port < 1 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not host:port"));
  }
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  if (host.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" has no host"));
  }
  return Address{std::string(ToStd(host)), port};
}

absl::StatusOr<std::vector<Address>> ParseAddresses(const std::vector<std::string>& texts) {
  std::vector<Address> addresses;
  addresses.reserve(texts.size());
  for (const std::string& text : texts) {
    ASSIGN_OR_RETURN(Address address, ParseAddress(text));
    addresses.push_back(std::move(address));
  }
  return addresses;
}

std::string TextOf(const Address& address) { return absl::StrCat(address.host, ":", address.port); }

}  // namespace houbu::redis
