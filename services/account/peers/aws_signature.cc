#include "services/account/peers/aws_signature.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "libs/secrets/bytes.h"

namespace houbu::account {
namespace {

constexpr char kAlgorithm[] = "AWS4-HMAC-SHA256";

// HMAC-SHA256 as raw bytes; the hex of ours is always well-formed.
std::string Hmac(absl::string_view key, absl::string_view text) {
  return secrets::FromHex(secrets::HmacSha256Hex(key, text)).value_or("");
}

std::string CanonicalRequest(const AwsRequest& request, absl::string_view digest,
                             const std::string& names) {
  std::string headers;
  for (const auto& [name, value] : request.headers) {
    absl::StrAppend(&headers, name, ":", value, "\n");
  }
  constexpr char kNoQuery[] = "";
  return absl::StrJoin(
      {absl::string_view(request.method), absl::string_view(request.path),
       absl::string_view(kNoQuery), absl::string_view(headers), absl::string_view(names), digest},
      "\n");
}

}  // namespace

void SignForS3(const AwsCredentials& credentials, absl::string_view body, absl::Time now,
               AwsRequest& request) {
  const std::string time = absl::FormatTime("%Y%m%dT%H%M%SZ", now, absl::UTCTimeZone());
  const std::string day = time.substr(0, 8);
  const std::string digest = secrets::Sha256Hex(body);
  request.headers["x-amz-date"] = time;
  request.headers["x-amz-content-sha256"] = digest;
  std::vector<absl::string_view> listed;
  for (const auto& [name, value] : request.headers) listed.push_back(name);
  const std::string names = absl::StrJoin(listed, ";");
  const std::string scope = absl::StrCat(day, "/", credentials.region, "/s3/aws4_request");
  const std::string text =
      absl::StrCat(kAlgorithm, "\n", time, "\n", scope, "\n",
                   secrets::Sha256Hex(CanonicalRequest(request, digest, names)));
  const std::string of_day = Hmac(absl::StrCat("AWS4", credentials.secret_access_key), day);
  const std::string of_region = Hmac(of_day, credentials.region);
  const std::string of_service = Hmac(of_region, "s3");
  const std::string key = Hmac(of_service, "aws4_request");
  request.headers["authorization"] =
      absl::StrCat(kAlgorithm, " Credential=", credentials.access_key_id, "/", scope,
                   ",SignedHeaders=", names, ",Signature=", secrets::HmacSha256Hex(key, text));
}

}  // namespace houbu::account
