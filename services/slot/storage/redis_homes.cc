#include "services/slot/storage/redis_homes.h"

#include <map>
#include <mutex>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

#include "libs/async/status_macros.h"
#include "libs/redis/keys.h"

namespace houbu::slot {
namespace {

constexpr char kHome[] = ":home";

std::vector<std::string> KeyOf(int shard) {
  return {absl::StrCat("h:", redis::ShardTag(redis::Shard{shard}), kHome)};
}

// The tag of a key, "{s07}"; empty where it has none.
absl::string_view TagOf(absl::string_view key) {
  const std::size_t from = key.find('{');
  const std::size_t to = key.find('}', from == absl::string_view::npos ? 0 : from);
  if (from == absl::string_view::npos || to == absl::string_view::npos) return "";
  return key.substr(from, to - from + 1);
}

}  // namespace

/// Who is trusted, by the tags of the shards. Asked on the client's strand, told by the guard.
class RedisHomes::Admission final {
 public:
  void Trust(int shard, const std::string& server) {
    const std::lock_guard<std::mutex> lock(mutex_);
    servers_[redis::ShardTag(redis::Shard{shard})] = server;
  }

  absl::Status Ask(absl::string_view key, const std::string& server) const {
    // Who it is is asked of whoever is there.
    if (absl::EndsWith(key, kHome)) return absl::OkStatus();
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto trusted = servers_.find(TagOf(key));
    if (trusted != servers_.end() && trusted->second == server) return absl::OkStatus();
    return Refuse(kIndexStranger);
  }

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::string, std::less<>> servers_;
};

RedisHomes::RedisHomes(redis::Client& client, int shards)
    : client_(client), shards_(shards), admission_(std::make_shared<Admission>()) {
  client_.SetAdmission(
      [admission = admission_](absl::string_view key, const redis::Identity& server) {
        return admission->Ask(key, server.Text());
      });
}

int RedisHomes::ShardOf(const std::string& run) const {
  return redis::ShardOf(run, shards_).number;
}

void RedisHomes::Trust(const IndexHome& home) { admission_->Trust(home.shard, home.server); }

async::Task<ShownHome> RedisHomes::Show(std::string deployment, IndexHome known) {
  std::vector<std::string> keys = KeyOf(known.shard);
  std::vector<std::string> args = {std::move(deployment), absl::StrCat(known.number),
                                   absl::StrCat(known.mark)};
  ASSIGN_OR_CO_RETURN(
      const redis::Reply reply,
      co_await client_.Function("houbu_show_home", std::move(keys), std::move(args)));
  if (reply.items().size() != 5) {
    co_return absl::InternalError("houbu_show_home answered something unexpected");
  }
  ShownHome shown;
  shown.server = reply.items()[0].text();
  shown.eviction = reply.items()[1].text();
  shown.deployment = reply.items()[2].text();
  ASSIGN_OR_CO_RETURN(shown.number, reply.items()[3].Integer());
  ASSIGN_OR_CO_RETURN(shown.mark, reply.items()[4].Integer());
  co_return shown;
}

async::Task<void> RedisHomes::Settle(std::string deployment, IndexHome home) {
  std::vector<std::string> keys = KeyOf(home.shard);
  std::vector<std::string> args = {std::move(deployment), absl::StrCat(home.number),
                                   absl::StrCat(home.mark), std::move(home.server)};
  const auto settled =
      co_await client_.Function("houbu_settle_home", std::move(keys), std::move(args));
  co_return settled.status();
}

}  // namespace houbu::slot
