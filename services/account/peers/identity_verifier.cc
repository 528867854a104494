#include "services/account/peers/identity_verifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

/// The provider's error code, "" for none.
std::string CodeOf(const nlohmann::json& answer) {
  return answer.is_object() && answer.contains("code") && answer["code"].is_string()
             ? answer["code"].get<std::string>()
             : "";
}

absl::StatusOr<Finding> FindingOf(const http::Response& response) {
  const nlohmann::json answer =
      nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  Finding finding;
  if (response.status == 202) {
    finding.stage = Finding::Stage::kLater;
    return finding;
  }
  if (response.status == 404 && CodeOf(answer) == "CHECK_NOT_FOUND") {
    finding.stage = Finding::Stage::kUnknown;
    return finding;
  }
  if (response.status != 200) {
    return absl::UnavailableError(absl::StrCat("the identity provider answered ", response.status));
  }
  std::optional<Finding> found;
  if (answer.is_object() && answer.contains("result") && answer["result"].is_string()) {
    found = FindingNamed(answer["result"].get<std::string>());
  }
  if (!found.has_value()) {
    return absl::UnavailableError("the identity provider's answer is not understood");
  }
  return *std::move(found);
}

}  // namespace

std::optional<Finding> FindingNamed(absl::string_view result) {
  Finding finding;
  finding.match = result == "MATCH";
  if (!finding.match) finding.reason = std::string(result);
  const bool is_known = finding.match || result == "MISMATCH" || result == "LIVENESS_FAILED";
  return is_known ? std::optional<Finding>(std::move(finding)) : std::nullopt;
}

Task<Finding> IdentityVerifier::Compare(IdentityCheck check, Passenger holder,
                                        std::string face_token) {
  nlohmann::json body;
  body["check"] = check.id;
  body["name"] = holder.full_name;
  body["id_number"] = holder.document.number;
  body["face_token"] = face_token;
  if (!options_.callback_url.empty()) {
    body["callback_url"] = options_.callback_url;
  }
  http::Request request;
  request.method = "POST";
  request.url = absl::StrCat(options_.url, "/v1/verifications");
  request.headers.Set("Content-Type", "application/json");
  // What is not UTF-8 is replaced, never thrown about.
  request.body = body.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  request.timeout = options_.call_max;
  ASSIGN_OR_CO_RETURN(const http::Response response, co_await client_.Send(std::move(request)));
  // Asked for before under other circumstances (another callback address): it stands as it is.
  if (response.status == 409) {
    co_return co_await Ask(std::move(check.id));
  }
  co_return FindingOf(response);
}

Task<Finding> IdentityVerifier::Ask(std::string check) {
  http::Request request;
  request.method = "GET";
  request.url = absl::StrCat(options_.url, "/v1/verifications/", http::PercentEncode(check));
  request.timeout = options_.inquiry_max;
  ASSIGN_OR_CO_RETURN(const http::Response response, co_await client_.Send(std::move(request)));
  co_return FindingOf(response);
}

}  // namespace houbu::account
