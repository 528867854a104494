#include "services/account/peers/identity_verifier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

absl::StatusOr<Finding> FindingOf(const http::Response& response) {
  if (response.status != 200) {
    return absl::UnavailableError(absl::StrCat("the identity provider answered ", response.status));
  }
  const nlohmann::json answer =
      nlohmann::json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (!answer.is_object() || !answer.contains("result") || !answer["result"].is_string()) {
    return absl::UnavailableError("the identity provider's answer is not understood");
  }
  const std::string result = answer["result"].get<std::string>();
  Finding finding;
  finding.match = result == "MATCH";
  finding.reason = finding.match ? "" : result;
  return finding;
}

}  // namespace

Task<Finding> IdentityVerifier::Compare(Passenger holder, std::string face_token) {
  nlohmann::json body;
  body["name"] = holder.full_name;
  body["id_number"] = holder.document.number;
  body["face_token"] = face_token;
  http::Request request;
  request.method = "POST";
  request.url = absl::StrCat(url_, "/v1/verifications");
  request.headers.Set("Content-Type", "application/json");
  request.body = body.dump();
  ASSIGN_OR_CO_RETURN(const http::Response response, co_await client_.Send(std::move(request)));
  co_return FindingOf(response);
}

}  // namespace houbu::account
