#include "services/account/peers/s3_blob_store.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/http/server.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/run_task.h"
#include "services/account/peers/blob_store_subject.h"
#include "services/account/peers/test_s3rver.h"

namespace houbu::account {
namespace {

std::shared_ptr<const std::string> Bytes(std::string bytes) {
  return std::make_shared<const std::string>(std::move(bytes));
}

http::ClientOptions LargeAnswers() {
  http::ClientOptions options;
  options.response_bytes_max = std::size_t{16} << 20;
  return options;
}

S3Options OptionsOf(const std::string& url) {
  S3Options options;
  options.url = url;
  options.bucket = TestS3rver::kBucket;
  options.credentials.region = "us-east-1";
  options.credentials.access_key_id = TestS3rver::kAccessKey;
  options.credentials.secret_access_key = TestS3rver::kAccessKey;
  options.retry.backoff_first = absl::Milliseconds(1);
  return options;
}

/// A store and what it needs.
struct Subject {
  explicit Subject(const S3Options& options, const Clock& clock) : store(client, clock, options) {}

  boost::asio::io_context loop{1};
  async::WorkerPool workers{async::WorkerPoolOptions{}};
  http::Client client{workers, LargeAnswers()};
  S3BlobStore store;
};

/// A bucket that answers as the case says.
struct ScriptedBucket {
  explicit ScriptedBucket(boost::asio::io_context& loop) : server(loop.get_executor(), {}) {
    for (const char* method : {"GET", "PUT", "DELETE"}) {
      server.Handle(method, "/*", [this](http::Request request) { return Answer(request); });
    }
    REQUIRE(server.Start().ok());
  }

  async::Task<http::Response> Answer(http::Request request) {
    requests.push_back(std::move(request));
    const std::size_t turn = std::min(requests.size(), statuses.size()) - 1;
    co_return http::TextResponse(statuses[turn], "answer");
  }

  std::string url() const { return "http://127.0.0.1:" + std::to_string(server.port()); }

  http::Server server;
  std::vector<int> statuses = {200};
  std::vector<http::Request> requests;
};

}  // namespace

TEST_CASE("files in S3 are kept as every blob store keeps them",
          "[account][attachments][blobs][s3]") {
  const auto server = TestS3rver::OrSkip();
  if (!server) return;
  const SystemClock clock;
  Subject s3(OptionsOf(server->url()), clock);
  CheckBlobStore(s3.store, s3.loop);
}

TEST_CASE("a clock that is wrong by an hour is no obstacle", "[account][attachments][s3]") {
  const auto server = TestS3rver::OrSkip();
  if (!server) return;
  const SystemClock right;
  for (const absl::Duration off : {absl::Hours(1), -absl::Hours(1)}) {
    testing::ManualClock wrong(right.Now() + off);
    Subject s3(OptionsOf(server->url()), wrong);
    REQUIRE(testing::RunTask(s3.loop, s3.store.Put("fl-1", Bytes("sealed"))).ok());
    CHECK(testing::RunTask(s3.loop, s3.store.Get("fl-1")).value() == "sealed");
  }
}

TEST_CASE("another's keys, and another bucket, are outages and no missing files",
          "[account][attachments][s3]") {
  const auto server = TestS3rver::OrSkip();
  if (!server) return;
  const SystemClock clock;
  S3Options wrong_key = OptionsOf(server->url());
  wrong_key.credentials.access_key_id = "UNKNOWN";  // It does not check signatures of version 4.
  S3Options wrong_bucket = OptionsOf(server->url());
  wrong_bucket.bucket = "another";
  for (const S3Options& options : {wrong_key, wrong_bucket}) {
    Subject s3(options, clock);
    CHECK(testing::RunTask(s3.loop, s3.store.Put("fl-1", Bytes("x"))).code() ==
          absl::StatusCode::kUnavailable);
  }
  Subject s3(wrong_key, clock);
  CHECK(testing::RunTask(s3.loop, s3.store.Get("fl-1")).status().code() ==
        absl::StatusCode::kUnavailable);
}

TEST_CASE("a bucket that stumbles is asked again, one that refuses is not",
          "[account][attachments][s3]") {
  struct Row {
    std::vector<int> statuses;
    std::size_t asked;
    absl::StatusCode code;
  };
  const Row rows[] = {
      {{200}, 1, absl::StatusCode::kOk},
      {{500, 200}, 2, absl::StatusCode::kOk},
      {{503, 429, 502, 200}, 4, absl::StatusCode::kOk},
      {{503}, 4, absl::StatusCode::kUnavailable},
      {{404}, 1, absl::StatusCode::kNotFound},
      {{400}, 1, absl::StatusCode::kUnavailable},
      {{301}, 1, absl::StatusCode::kUnavailable},
  };
  const SystemClock clock;
  for (const Row& row : rows) {
    INFO(row.statuses.front());
    boost::asio::io_context loop{1};
    ScriptedBucket bucket(loop);
    bucket.statuses = row.statuses;
    async::WorkerPool workers{async::WorkerPoolOptions{}};
    http::Client client(workers, LargeAnswers());
    S3BlobStore store(client, clock, OptionsOf(bucket.url()));
    CHECK(testing::RunTask(loop, store.Get("fl-1")).status().code() == row.code);
    CHECK(bucket.requests.size() == row.asked);
    CHECK(bucket.requests.front().url == "/houbu-attachments/fl-1");
    CHECK(absl::StartsWith(bucket.requests.front().headers.Get("Authorization"),
                           "AWS4-HMAC-SHA256 Credential=S3RVER/"));
  }
}

TEST_CASE("a bucket that is away is an outage", "[account][attachments][s3]") {
  const SystemClock clock;
  Subject s3(OptionsOf("http://127.0.0.1:1"), clock);
  CHECK(testing::RunTask(s3.loop, s3.store.Get("fl-1")).status().code() ==
        absl::StatusCode::kUnavailable);
}

}  // namespace houbu::account
