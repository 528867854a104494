#include "services/slot/storage/redis_inventory.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/redis/keys.h"
#include "services/slot/storage/redis_library.h"
#include "services/slot/storage/redis_replies.h"

namespace houbu::slot {
namespace {

// How long a consumer's matches wait for it before another takes them over.
constexpr absl::Duration kSilenceMax = absl::Minutes(1);

std::string ShardPrefix(int shard) {
  return absl::StrCat("h:", redis::ShardTag(redis::Shard{shard}));
}

std::vector<std::string> KindArguments(const RunEpoch& run, const DemandKind& kind) {
  return {absl::StrCat(run.epoch), kind.class_code, absl::StrCat(kind.legs.from),
          absl::StrCat(kind.legs.to), absl::StrCat(kind.party)};
}

}  // namespace

async::Task<void> RedisInventory::Prepare() {
  std::string library(kRedisLibrary);
  const absl::Status loaded = co_await client_.LoadLibrary(std::move(library));
  co_return loaded;
}

std::string RedisInventory::KeyOf(const std::string& run) const {
  return absl::StrCat(ShardPrefix(redis::ShardOf(run, shards_).number), ":r:", run);
}

async::Task<redis::Reply> RedisInventory::Ask(std::string function, std::string key,
                                              std::vector<std::string> args) {
  std::vector<std::string> keys(1, key);
  absl::StatusOr<redis::Reply> reply =
      co_await client_.Function(std::move(function), std::move(keys), std::move(args));
  if (!reply.ok()) {
    co_return RefusalOf(reply.status());
  }
  co_return reply;
}

async::Task<int> RedisInventory::Load(RunState state) {
  std::vector<std::string> args = LoadArguments(state);
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_load", KeyOf(state.run), std::move(args)));
  co_return static_cast<int>(reply.integer());
}

async::Task<std::vector<int>> RedisInventory::Allocate(RunEpoch run, DemandKind kind,
                                                       std::string token) {
  std::vector<std::string> args = KindArguments(run, kind);
  args.push_back(std::move(token));
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_allocate", KeyOf(run.run), std::move(args)));
  co_return ParseUnits(reply);
}

async::Task<ReleaseOutcome> RedisInventory::Release(RunEpoch run, std::string token) {
  std::vector<std::string> args = {absl::StrCat(run.epoch), std::move(token)};
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_release", KeyOf(run.run), std::move(args)));
  if (reply.items().size() != 2) {
    co_return absl::InternalError("houbu_release answered something unexpected");
  }
  co_return ReleaseOutcome{.released = reply.items()[0].integer() == 1,
                           .matches = static_cast<int>(reply.items()[1].integer())};
}

async::Task<EnlistOutcome> RedisInventory::Enlist(RunEpoch run, WaitingDemand demand) {
  std::vector<std::string> args = KindArguments(run, demand.kind);
  args.push_back(demand.demand);
  args.push_back(absl::StrCat(absl::ToUnixMicros(demand.effective_time)));
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_enlist", KeyOf(run.run), std::move(args)));
  co_return reply.text() == "matched" ? EnlistOutcome::kMatched : EnlistOutcome::kWaiting;
}

async::Task<WithdrawOutcome> RedisInventory::Withdraw(RunEpoch run, std::string demand) {
  std::vector<std::string> args = {absl::StrCat(run.epoch), std::move(demand)};
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_withdraw", KeyOf(run.run), std::move(args)));
  if (reply.text() == "withdrawn") {
    co_return WithdrawOutcome::kWithdrawn;
  }
  co_return reply.text() == "matched" ? WithdrawOutcome::kMatched : WithdrawOutcome::kUnknown;
}

async::Task<int> RedisInventory::AddCapacity(RunEpoch run, AddedUnits added) {
  std::vector<std::string> args = {absl::StrCat(run.epoch), added.class_code,
                                   absl::StrCat(added.first_unit), absl::StrCat(added.units),
                                   added.extends_coach ? "1" : "0"};
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_add_capacity", KeyOf(run.run), std::move(args)));
  co_return static_cast<int>(reply.integer());
}

async::Task<void> RedisInventory::Confirm(std::string run, std::vector<std::string> tokens) {
  const absl::StatusOr<redis::Reply> reply =
      co_await Ask("houbu_confirm", KeyOf(run), std::move(tokens));
  co_return reply.status();
}

async::Task<std::vector<ClassVacancy>> RedisInventory::Snapshot(RunEpoch run, LegRange legs) {
  std::vector<std::string> args = {absl::StrCat(run.epoch), absl::StrCat(legs.from),
                                   absl::StrCat(legs.to)};
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_snapshot", KeyOf(run.run), std::move(args)));
  std::vector<ClassVacancy> vacancies;
  for (std::size_t i = 0; i + 1 < reply.items().size(); i += 2) {
    const int free = static_cast<int>(reply.items()[i + 1].integer());
    vacancies.push_back(ClassVacancy{reply.items()[i].text(), free});
  }
  co_return vacancies;
}

async::Task<IndexState> RedisInventory::FullState(std::string run) {
  std::vector<std::string> none;
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_state", KeyOf(run), std::move(none)));
  co_return ParseIndexState(run, reply);
}

async::Task<std::vector<Match>> RedisInventory::ReadMatches(int shard, std::string consumer,
                                                            int count) {
  std::vector<std::string> args = {std::move(consumer), absl::StrCat(count),
                                   absl::StrCat(absl::ToInt64Milliseconds(kSilenceMax))};
  std::string stream = absl::StrCat(ShardPrefix(shard), ":matches");
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_matches", std::move(stream), std::move(args)));
  std::vector<Match> matches;
  for (const redis::Reply& entry : reply.items()) {
    ASSIGN_OR_CO_RETURN(Match match, ParseMatch(shard, entry));
    matches.push_back(std::move(match));
  }
  co_return matches;
}

async::Task<void> RedisInventory::AckMatch(Match match) {
  std::vector<std::string> args = {std::move(match.id), std::move(match.demand)};
  // Where it was read, not where its run belongs: it may name none.
  std::string key = absl::StrCat(ShardPrefix(match.shard), ":r:", match.run);
  const absl::StatusOr<redis::Reply> reply =
      co_await Ask("houbu_acknowledge", std::move(key), std::move(args));
  co_return reply.status();
}

async::Task<std::vector<UnconfirmedToken>> RedisInventory::UnconfirmedTokens(int shard,
                                                                             absl::Duration age,
                                                                             int count) {
  std::vector<std::string> args = {absl::StrCat(absl::ToInt64Microseconds(age)),
                                   absl::StrCat(count)};
  std::string key = absl::StrCat(ShardPrefix(shard), ":unconfirmed");
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_unconfirmed", std::move(key), std::move(args)));
  std::vector<UnconfirmedToken> tokens;
  for (std::size_t i = 0; i + 2 < reply.items().size(); i += 3) {
    const TokenHolder holder =
        reply.items()[i + 2].text() == "d" ? TokenHolder::kDemand : TokenHolder::kBooking;
    tokens.push_back(
        UnconfirmedToken{reply.items()[i].text(), reply.items()[i + 1].text(), holder});
  }
  co_return tokens;
}

}  // namespace houbu::slot
