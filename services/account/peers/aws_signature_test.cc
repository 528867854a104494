#include "services/account/peers/aws_signature.h"

#include "absl/strings/match.h"
#include <catch2/catch.hpp>

namespace houbu::account {

// The examples of AWS's own documentation, "Authenticating Requests: Using the Authorization
// Header".
TEST_CASE("requests are signed as in AWS's examples", "[account][attachments][s3]") {
  AwsCredentials credentials;
  credentials.region = "us-east-1";
  credentials.access_key_id = "AKIAIOSFODNN7EXAMPLE";
  credentials.secret_access_key = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
  const absl::Time now = absl::FromCivil(absl::CivilDay(2013, 5, 24), absl::UTCTimeZone());
  AwsRequest get;
  get.method = "GET";
  get.path = "/test.txt";
  get.headers = {{"host", "examplebucket.s3.amazonaws.com"}, {"range", "bytes=0-9"}};
  SignForS3(credentials, "", now, get);
  CHECK(get.headers["authorization"] ==
        "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
        "SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,"
        "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41");
  AwsRequest put;
  put.method = "PUT";
  put.path = "/test%24file.text";
  put.headers = {{"host", "examplebucket.s3.amazonaws.com"},
                 {"date", "Fri, 24 May 2013 00:00:00 GMT"},
                 {"x-amz-storage-class", "REDUCED_REDUNDANCY"}};
  SignForS3(credentials, "Welcome to Amazon S3.", now, put);
  CHECK(
      absl::EndsWith(put.headers["authorization"],
                     "Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));
}

}  // namespace houbu::account
