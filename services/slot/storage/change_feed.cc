#include "services/slot/storage/change_feed.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/join.h"
#include "libs/async/status_macros.h"
#include "libs/redis/keys.h"

namespace houbu::slot {
namespace {

using async::Task;

std::string StreamOf(int shard) {
  return absl::StrCat("h:", redis::ShardTag(redis::Shard{shard}), ":changes");
}

}  // namespace

int RedisChangeFeed::ShardOf(absl::string_view run) const {
  return redis::ShardOf(run, index_.shards()).number;
}

Task<std::string> RedisChangeFeed::Last(int shard) {
  std::string stream = StreamOf(shard);
  std::vector<std::string> command = {"XREVRANGE", stream, "+", "-", "COUNT", "1"};
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await client_.Call(std::move(command), std::move(stream)));
  if (reply.items().empty()) co_return std::string(kFirstChange);
  const std::vector<redis::Reply>& entry = reply.items()[0].items();
  if (entry.empty()) co_return absl::InternalError("XREVRANGE answered something unexpected");
  co_return entry[0].text();
}

Task<std::vector<ChangePage>> RedisChangeFeed::Read(std::vector<std::string> after, int count) {
  std::vector<Task<ChangePage>> reads;
  for (std::size_t shard = 0; shard < after.size(); ++shard) {
    reads.push_back(index_.ReadChanges(static_cast<int>(shard), std::move(after[shard]), count));
  }
  ASSIGN_OR_CO_RETURN(auto answers, co_await async::Join<ChangePage>(std::move(reads)));
  std::vector<ChangePage> pages;
  for (absl::StatusOr<ChangePage>& answer : answers) {
    if (!answer.ok()) co_return answer.status();
    pages.push_back(*std::move(answer));
  }
  co_return pages;
}

}  // namespace houbu::slot
