/// Sealed files in a bucket of S3, or of what speaks its protocol.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <utility>

#include "libs/async/retry.h"
#include "libs/base/clock.h"
#include "libs/http/client.h"
#include "services/account/app/ports_attachments.h"
#include "services/account/peers/aws_signature.h"

namespace houbu::account {

/// Which bucket, and how it is reached.
struct S3Options {
  std::string url;  ///< "https://s3.eu-central-1.amazonaws.com", no slash at the end.
  std::string bucket;
  AwsCredentials credentials;
  absl::Duration timeout = absl::Seconds(10);  ///< For one exchange.
  async::RetryPolicy retry = {.attempts_max = 4, .backoff_first = absl::Milliseconds(50)};
};

/// Keeps each file as <url>/<bucket>/<name> (path style). Answers of 429 and 5xx and lost
/// connections are tried again: everything here is safe to repeat. A bucket that finds our clock
/// wrong by more than it allows is signed for by its own clock from then on.
class S3BlobStore final : public BlobStore {
 public:
  /// `clock` is the machine's, never the movable one; both outlive the store. `http` takes answers
  /// as large as files are.
  S3BlobStore(http::Client& http, const Clock& clock, S3Options options)
      : http_(http), clock_(clock), options_(std::move(options)) {}

  Task<void> Put(std::string name, std::shared_ptr<const std::string> bytes) override;
  Task<std::string> Get(std::string name) override;
  Task<bool> Has(std::string name) override;
  Task<void> Remove(std::string name) override;

 private:
  Task<http::Response> Ask(std::string method, std::string name,
                           std::shared_ptr<const std::string> body);
  Task<http::Response> AskOnce(std::string method, std::string name,
                               std::shared_ptr<const std::string> body);
  http::Request Signed(const std::string& method, const std::string& name,
                       const std::string& body) const;
  absl::Status Judge(const http::Response& response);

  http::Client& http_;
  const Clock& clock_;
  const S3Options options_;
  std::atomic<std::int64_t> skew_seconds_{0};  ///< By how much the bucket's clock is ahead.
};

}  // namespace houbu::account
