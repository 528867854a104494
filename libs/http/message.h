/// HTTP messages as plain values, the same for server and client.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "absl/types/optional.h"

namespace houbu::http {

/// Header fields in order; names compare without case.
class Headers final {
 public:
  /// Makes an empty set.
  Headers() = default;

  /// Replaces the field `name`.
  void Set(absl::string_view name, absl::string_view value);

  /// Returns the first value of `name`, "" when absent; borrows.
  absl::string_view Get(absl::string_view name) const;

  /// All fields in order.
  const std::vector<std::pair<std::string, std::string>>& fields() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// A request, received or to be sent.
struct Request {
  std::string method = "GET";
  std::string url;  ///< To send: whole URL. Received: path with query, as it came.
  Headers headers;
  std::string body;
  absl::Duration timeout = absl::Seconds(10);  ///< To send: for the whole exchange.
  std::string remote;                          ///< Received: address of the peer.
};

/// An answer.
struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

/// Returns the path of a URL or target, without query and fragment, not percent-decoded.
std::string PathOf(const Request& request);

/// Returns the first value of a query parameter, percent-decoded; nothing when absent.
absl::optional<std::string> QueryParameter(const Request& request, absl::string_view name);

/// Percent-encodes `text` for use as one path segment or query value.
std::string PercentEncode(absl::string_view text);

/// Makes an answer with a JSON body.
Response JsonResponse(int status, std::string json);

/// Makes an answer with a plain UTF-8 text body.
Response TextResponse(int status, std::string text);

/// Makes the small JSON answer of a refusal: {"error":"NOT_FOUND","message":"..."}.
Response ErrorResponse(int status, absl::string_view error, absl::string_view message);

}  // namespace houbu::http
