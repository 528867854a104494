/// The contract of blob stores, checked on any of them.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"
#include "services/account/app/ports_attachments.h"

namespace houbu::account {

/// Checks all a blob store promises; it is empty before.
inline void CheckBlobStore(BlobStore& store, boost::asio::io_context& loop) {
  const auto bytes = [](std::string text) {
    return std::make_shared<const std::string>(std::move(text));
  };
  const auto get = [&](const std::string& name) { return testing::RunTask(loop, store.Get(name)); };
  const auto put = [&](const std::string& name, const std::string& text) {
    return testing::RunTask(loop, store.Put(name, bytes(text)));
  };
  const auto has = [&](const std::string& name) {
    return testing::RunTask(loop, store.Has(name)).value();
  };
  // What is not there.
  CHECK(get("fl-none").status().code() == absl::StatusCode::kNotFound);
  CHECK_FALSE(has("fl-none"));
  CHECK(testing::RunTask(loop, store.Remove("fl-none")).ok());
  // Bytes of any value and size, none among them, come back as they were.
  std::string all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<char>(i));
  std::string large;
  while (large.size() < (std::size_t{11} << 20)) large += all;
  REQUIRE(put("fl-all", all).ok());
  REQUIRE(put("fl-large", large).ok());
  REQUIRE(put("fl-empty", "").ok());
  CHECK(get("fl-all").value() == all);
  CHECK(get("fl-large").value() == large);
  CHECK(get("fl-empty").value().empty());
  CHECK(has("fl-all"));
  CHECK(has("fl-empty"));
  // A file takes the place of the one before it.
  REQUIRE(put("fl-all", "other").ok());
  CHECK(get("fl-all").value() == "other");
  // Removing one leaves the others, and is safe to repeat.
  REQUIRE(testing::RunTask(loop, store.Remove("fl-all")).ok());
  REQUIRE(testing::RunTask(loop, store.Remove("fl-all")).ok());
  CHECK(get("fl-all").status().code() == absl::StatusCode::kNotFound);
  CHECK(get("fl-large").value() == large);
  // What names no blob is a bug of ours, wherever it would have led.
  for (const char* name : {"", "x", "../x", "a/b", "fl-A", "fl-1.part", "%2e%2e"}) {
    INFO(name);
    CHECK(put(name, "x").code() == absl::StatusCode::kInternal);
    CHECK(get(name).status().code() == absl::StatusCode::kInternal);
    CHECK(testing::RunTask(loop, store.Remove(name)).code() == absl::StatusCode::kInternal);
  }
}

}  // namespace houbu::account
