/// Signatures of requests to S3: AWS Signature Version 4, with the body's digest signed too.
#pragma once

#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace houbu::account {

/// Who signs, for where.
struct AwsCredentials {
  std::string region;             ///< "us-east-1"
  std::string access_key_id;      ///< "AKIA..."
  std::string secret_access_key;  ///< Secret.
};

/// What is signed. Header names in lower case; `host` is among them, as it will be sent.
struct AwsRequest {
  std::string method;  ///< "PUT"
  std::string path;    ///< From the first slash, percent-encoded as it will be sent; no query.
  std::map<std::string, std::string> headers;
};

/// Adds to `request` the headers that sign it as of `now`: x-amz-date, x-amz-content-sha256 and
/// authorization. All headers it has are signed.
void SignForS3(const AwsCredentials& credentials, absl::string_view body, absl::Time now,
               AwsRequest& request);

}  // namespace houbu::account
