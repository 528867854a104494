#include "services/slot/storage/redis_inventory.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/redis/keys.h"
#include "services/slot/storage/redis_library.h"
#include "services/slot/storage/redis_replies.h"
#include "services/slot/storage/redis_run_state.h"

namespace houbu::slot {
namespace {

// How long a consumer's matches wait for it before another takes them over.
constexpr absl::Duration kSilenceMax = absl::Minutes(1);

// What allocating is refused with while work of an earlier call is left over.
constexpr char kLineServing[] = "LINE_SERVING";

// How many pieces of left-over work one call does; each serves many.
constexpr int kRoundsMax = 10000;

// How often a large run is read anew because it changed while it was read.
constexpr int kStateRoundsMax = 4;

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
  CO_RETURN_IF_ERROR(Validate(state));
  const std::string key = KeyOf(state.run);
  std::vector<std::string> head = LoadHead(state);
  ASSIGN_OR_CO_RETURN(const redis::Reply begun,
                      co_await Ask("houbu_load_begin", key, std::move(head)));
  const std::string generation = begun.text();
  if (generation.empty()) {
    co_return 0;
  }
  std::vector<std::vector<std::string>> free = LoadFree(state, generation);
  for (std::vector<std::string>& part : free) {
    ASSIGN_OR_CO_RETURN(const redis::Reply filled,
                        co_await Ask("houbu_load_free", key, std::move(part)));
  }
  std::vector<std::vector<std::string>> parts = LoadParts(state, generation);
  for (std::vector<std::string>& part : parts) {
    ASSIGN_OR_CO_RETURN(const redis::Reply filled,
                        co_await Ask("houbu_load_part", key, std::move(part)));
  }
  std::vector<std::string> end(1, generation);
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_load_end", key, std::move(end)));
  const RunEpoch run = {state.run, state.epoch};
  co_return co_await Finish(run, reply, 0);
}

async::Task<std::vector<int>> RedisInventory::Allocate(RunEpoch run, DemandKind kind,
                                                       std::string token) {
  std::string none;
  co_return co_await AllocateWished(std::move(run), std::move(kind), std::move(token),
                                    std::move(none));
}

async::Task<std::vector<int>> RedisInventory::AllocateWished(RunEpoch run, DemandKind kind,
                                                             std::string token,
                                                             std::string positions) {
  const std::string key = KeyOf(run.run);
  for (int round = 1;; ++round) {
    std::vector<std::string> args = KindArguments(run, kind);
    args.push_back(token);
    args.push_back(positions);
    const auto reply = co_await Ask("houbu_allocate", key, std::move(args));
    if (reply.ok()) {
      co_return ParseUnits(*reply);
    }
    // The line is served first; the call has done a piece of that.
    if (ReasonOf(reply.status()) != kLineServing || round == kRoundsMax) {
      co_return reply.status();
    }
  }
}

async::Task<int> RedisInventory::Finish(RunEpoch run, redis::Reply served, std::size_t at) {
  if (served.items().size() != at + 2) {
    co_return absl::InternalError("a Redis function answered something unexpected");
  }
  int matches = static_cast<int>(served.items()[at].integer());
  bool is_left = served.items()[at + 1].integer() != 0;
  const std::string key = KeyOf(run.run);
  for (int round = 0; is_left && round < kRoundsMax; ++round) {
    std::vector<std::string> args(1, absl::StrCat(run.epoch));
    const auto reply = co_await Ask("houbu_serve", key, std::move(args));
    // The call is done whatever becomes of the rest: the run's next call, or whoever reads the
    // matches of its shard, goes on.
    if (!reply.ok() || reply->items().size() != 2) {
      break;
    }
    matches += static_cast<int>(reply->items()[0].integer());
    is_left = reply->items()[1].integer() != 0;
  }
  co_return matches;
}

async::Task<ReleaseOutcome> RedisInventory::Release(RunEpoch run, std::string token) {
  std::vector<std::string> args = {absl::StrCat(run.epoch), std::move(token)};
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_release", KeyOf(run.run), std::move(args)));
  ASSIGN_OR_CO_RETURN(const int matches, co_await Finish(run, reply, 1));
  co_return ReleaseOutcome{.released = reply.items()[0].integer() == 1, .matches = matches};
}

async::Task<EnlistOutcome> RedisInventory::Enlist(RunEpoch run, WaitingDemand demand) {
  std::vector<std::string> args = KindArguments(run, demand.kind);
  args.push_back(demand.demand);
  args.push_back(absl::StrCat(absl::ToUnixMicros(demand.effective_time)));
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_enlist", KeyOf(run.run), std::move(args)));
  ASSIGN_OR_CO_RETURN(const int matches, co_await Finish(run, reply, 1));
  static_cast<void>(matches);
  co_return reply.items()[0].text() == "matched" ? EnlistOutcome::kMatched
                                                 : EnlistOutcome::kWaiting;
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
  co_return co_await Finish(std::move(run), reply, 0);
}

async::Task<void> RedisInventory::SetSale(RunEpoch run, Sale sale) {
  std::vector<std::string> args = {absl::StrCat(run.epoch), sale == Sale::kClosed ? "c" : "o"};
  const absl::StatusOr<redis::Reply> reply =
      co_await Ask("houbu_set_sale", KeyOf(run.run), std::move(args));
  co_return reply.status();
}

async::Task<void> RedisInventory::Remove(RunEpoch run) {
  std::vector<std::string> args(1, absl::StrCat(run.epoch));
  const absl::StatusOr<redis::Reply> reply =
      co_await Ask("houbu_remove", KeyOf(run.run), std::move(args));
  co_return reply.status();
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

async::Task<RunVacancy> RedisInventory::Vacancy(std::string run) {
  std::vector<std::string> none;
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_vacancy", KeyOf(run), std::move(none)));
  co_return ParseVacancy(run, reply);
}

async::Task<ChangePage> RedisInventory::ReadChanges(int shard, std::string after_id, int count) {
  std::vector<std::string> args = {std::move(after_id), absl::StrCat(count)};
  std::string stream = absl::StrCat(ShardPrefix(shard), ":changes");
  ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                      co_await Ask("houbu_changes", std::move(stream), std::move(args)));
  co_return ParseChanges(reply);
}

async::Task<IndexState> RedisInventory::FullState(std::string run) {
  IndexState index;
  for (int round = 1; round <= kStateRoundsMax; ++round) {
    StatePages pages(run);
    do {
      std::vector<std::string> args = pages.Next();
      ASSIGN_OR_CO_RETURN(const redis::Reply reply,
                          co_await Ask("houbu_state", KeyOf(run), std::move(args)));
      CO_RETURN_IF_ERROR(pages.Add(reply));
    } while (!pages.IsComplete());
    index = pages.Take();
    if (!pages.ChangedMeanwhile()) {
      break;
    }
  }
  co_return index;
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
  std::vector<std::string> args = {absl::StrCat(absl::ToInt64Milliseconds(age)),
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
