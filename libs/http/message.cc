#include "libs/http/message.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

namespace houbu::http {
namespace {

// What stands after scheme and authority; a received target has neither.
absl::string_view TargetOf(absl::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == absl::string_view::npos || scheme > url.find_first_of("/?#")) {
    return url;
  }
  const std::size_t path = url.find_first_of("/?#", scheme + 3);
  return path == absl::string_view::npos ? absl::string_view() : url.substr(path);
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Form decoding; a '%' that begins no escape stays as it is.
std::string PercentDecode(absl::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool has_two_more = i + 2 < text.size();
    if (text[i] == '%' && has_two_more && HexDigit(text[i + 1]) >= 0 &&
        HexDigit(text[i + 2]) >= 0) {
      decoded.push_back(static_cast<char>(HexDigit(text[i + 1]) * 16 + HexDigit(text[i + 2])));
      i += 2;
    } else {
      decoded.push_back(text[i] == '+' ? ' ' : text[i]);
    }
  }
  return decoded;
}

}  // namespace

void Headers::Set(absl::string_view name, absl::string_view value) {
  for (auto& field : fields_) {
    if (absl::EqualsIgnoreCase(field.first, name)) {
      field.second = std::string(value);
      return;
    }
  }
  fields_.emplace_back(std::string(name), std::string(value));
}

absl::string_view Headers::Get(absl::string_view name) const {
  for (const auto& field : fields_) {
    if (absl::EqualsIgnoreCase(field.first, name)) {
      return field.second;
    }
  }
  return "";
}

std::string PathOf(const Request& request) {
  const absl::string_view target = TargetOf(request.url);
  const absl::string_view path = target.substr(0, target.find_first_of("?#"));
  return path.empty() ? "/" : std::string(path);
}

absl::optional<std::string> QueryParameter(const Request& request, absl::string_view name) {
  absl::string_view target = TargetOf(request.url);
  target = target.substr(0, target.find('#'));
  const std::size_t question = target.find('?');
  if (question == absl::string_view::npos) {
    return absl::nullopt;
  }
  for (const absl::string_view pair : absl::StrSplit(target.substr(question + 1), '&')) {
    const std::size_t equals = pair.find('=');
    if (PercentDecode(pair.substr(0, equals)) == name) {
      return equals == absl::string_view::npos ? "" : PercentDecode(pair.substr(equals + 1));
    }
  }
  return absl::nullopt;
}

std::string PercentEncode(absl::string_view text) {
  constexpr absl::string_view kDigits = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-._~", c)) {
      encoded.push_back(c);
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded.push_back('%');
    encoded.push_back(kDigits[byte >> 4]);
    encoded.push_back(kDigits[byte & 0x0F]);
  }
  return encoded;
}

Response JsonResponse(int status, std::string json) {
  Response response;
  response.status = status;
  response.headers.Set("Content-Type", "application/json");
  response.body = std::move(json);
  return response;
}

Response TextResponse(int status, std::string text) {
  Response response;
  response.status = status;
  response.headers.Set("Content-Type", "text/plain; charset=utf-8");
  response.body = std::move(text);
  return response;
}

Response ErrorResponse(int status, absl::string_view error, absl::string_view message) {
  nlohmann::ordered_json body;
  body["error"] = std::string(error);
  body["message"] = std::string(message);
  return JsonResponse(status,
                      body.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
}

}  // namespace houbu::http
