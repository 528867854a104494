// A ticket system with a queue that others wrote, and its right answers: replayed through slot's
// index and waitlist's orders and compared answer for answer. The files are not ours to keep here:
// HOUBU_ORACLE_DIR names their folder.
#include <map>
#include <random>
#include <string>

#include <catch2/catch.hpp>

#include "tests/oracle/plain_ticket_system.h"
#include "tests/oracle/ticket_exchange.h"

namespace houbu::oracle {
namespace {

using slot::Backend;
using slot::InventorySubject;

/// What a replay came to.
struct Tally {
  std::map<std::string, int> compared;  ///< By command.
  int served = 0;
  int losses = 0;
};

/// Replays every file of a folder on the same state; every `losing`-th command finds the index
/// emptied, none where it is 0.
Tally Replay(const std::vector<Volume>& volumes, InventorySubject& subject, int losing) {
  Exchange exchange(subject);
  Tally tally;
  int commands = 0;
  for (const Volume& volume : volumes) {
    Answers answers(volume.answers);
    for (const std::string& line : volume.commands) {
      const Command command = ParseCommand(line);
      INFO(volume.name << ": " << line);
      REQUIRE(command.name != "");
      if (losing > 0 && ++commands % losing == 0) {
        subject.Lose();
        ++tally.losses;
      }
      const int stops = exchange.trains().CountStops(command.Get('i'));
      const std::string right = answers.Take(command, stops);
      if (!Exchange::Answers(command.name)) {
        exchange.Learn(command, right);
        continue;
      }
      REQUIRE(exchange.Answer(command) == right);
      ++tally.compared[command.name];
    }
    INFO(volume.name);
    REQUIRE(answers.IsOver());
  }
  tally.served = exchange.served();
  return tally;
}

void Say(const std::string& folder, Backend backend, const Tally& tally) {
  std::string text = absl::StrCat(folder, backend == Backend::kRedis ? " on Redis" : " in memory",
                                  ": ", tally.served, " served from the line, index lost ",
                                  tally.losses, " times; compared:");
  for (const auto& [command, times] : tally.compared) {
    absl::StrAppend(&text, " ", times, " ", command);
  }
  if (tally.compared.empty()) absl::StrAppend(&text, " nothing, nobody travels");
  WARN(text);
}

/// The volumes of a folder; none, and it is said so, where they are not there.
std::vector<Volume> VolumesOrSkip(const std::string& folder) {
  std::vector<Volume> volumes = ReadVolumes(folder);
  if (volumes.empty()) WARN("SKIPPED: no oracle in the folder HOUBU_ORACLE_DIR names");
  return volumes;
}

TEST_CASE("every ticket is bought, waited for and given back as the oracle's answers say",
          "[oracle][W-05][W-07][X-01]") {
  const std::string folder = GENERATE("basic_1", "basic_2", "basic_3");
  const Backend backend = GENERATE(Backend::kMemory, Backend::kRedis);
  const std::vector<Volume> volumes = VolumesOrSkip(folder);
  if (volumes.empty()) return;
  const auto subject = InventorySubject::OrSkip(backend);
  if (!subject) return;
  const Tally tally = Replay(volumes, *subject, 0);
  Say(folder, backend, tally);
  // The first folder has nobody who travels: it proves that commands and answers stay in step.
  CHECK((folder == "basic_1" || tally.compared.size() == 4));
  CHECK((folder != "basic_3" || tally.served > 0));
}

TEST_CASE("the oracle's answers stay the same when the index is lost between its commands",
          "[oracle][W-05][X-01][X-05]") {
  const std::string folder = GENERATE("basic_2", "basic_3");
  const Backend backend = GENERATE(Backend::kMemory, Backend::kRedis);
  const std::vector<Volume> volumes = VolumesOrSkip(folder);
  if (volumes.empty()) return;
  const auto subject = InventorySubject::OrSkip(backend);
  if (!subject) return;
  const Tally tally = Replay(volumes, *subject, 29);
  Say(folder, backend, tally);
  CHECK(tally.losses > 50);
}

/// Asks the services' parts and the plain system the same things.
class DenseHistory final {
 public:
  DenseHistory(InventorySubject& subject, unsigned seed) : exchange_(subject), chance_(seed) {
    using Plain = PlainTicketSystem;
    Learn(absl::StrCat("add_train -i T1 -n ", Plain::kStations, " -m ", Plain::kSeats,
                       " -s S0|S1|S2|S3|S4 -p 7|7|7|7 -x 08:00 -t 60|60|60|60 -o 0|0|0",
                       " -d 06-01|06-02 -y G"));
    Learn("release_train -i T1");
    for (int user = 0; user < kUsers; ++user) Learn(absl::StrCat("login -u u", user));
  }

  /// One question; both give the same answer.
  void Step() {
    const PlainTicketSystem::Wish wish = AnyWish();
    const std::string stretch = absl::StrCat(" -d 06-0", wish.day);
    switch (Below(10)) {
      case 0:
        return Compare(absl::StrCat("query_order -u u", wish.user), plain_.ShowOrders(wish.user));
      case 1:
        return Compare(absl::StrCat("query_ticket -s S", wish.from, " -t S", wish.to, stretch),
                       plain_.ShowTickets(wish));
      case 2:
      case 3:
      case 4: {
        const int back = 1 + Below(6);
        return Compare(absl::StrCat("refund_ticket -u u", wish.user, " -n ", back),
                       plain_.Refund(wish.user, back));
      }
      default:
        return Compare(
            absl::StrCat("buy_ticket -i T1 -u u", wish.user, " -f S", wish.from, " -t S", wish.to,
                         " -n ", wish.party, " -q ", wish.queues ? "true" : "false", stretch),
            plain_.Buy(wish));
    }
  }

  int served() const { return plain_.served(); }

 private:
  static constexpr int kUsers = 4;

  int Below(int bound) { return static_cast<int>(chance_() % static_cast<unsigned>(bound)); }

  PlainTicketSystem::Wish AnyWish() {
    PlainTicketSystem::Wish wish;
    wish.user = Below(kUsers);
    wish.day = 1 + Below(2);
    wish.from = Below(PlainTicketSystem::kStations - 1);
    wish.to = wish.from + 1 + Below(PlainTicketSystem::kStations - 1 - wish.from);
    wish.party = 1 + Below(Below(4) == 0 ? PlainTicketSystem::kSeats + 1 : 3);
    wish.queues = Below(3) > 0;
    return wish;
  }

  Command Next(const std::string& text) {
    return ParseCommand(absl::StrCat("[", ++timestamp_, "] ", text));
  }
  void Learn(const std::string& text) { exchange_.Learn(Next(text), "0"); }
  void Compare(const std::string& text, const std::string& right) {
    INFO(text);
    REQUIRE(exchange_.Answer(Next(text)) == right);
  }

  Exchange exchange_;
  PlainTicketSystem plain_;
  std::mt19937 chance_;
  std::int64_t timestamp_ = 0;
};

// The oracle's files refund rarely and serve hardly anybody: the same language, spoken densely.
TEST_CASE("a queue read once from the oldest serves whom the line serves",
          "[oracle][property][W-05][W-07]") {
  const Backend backend = GENERATE(Backend::kMemory, Backend::kRedis);
  const int histories = Setting("HOUBU_TEST_HISTORIES", 25);
  const int first = Setting("HOUBU_TEST_SEED", static_cast<int>(std::random_device{}() % 1000000));
  int served = 0;
  for (int seed = first; seed < first + histories; ++seed) {
    const auto subject = InventorySubject::OrSkip(backend);
    if (!subject) return;
    INFO("HOUBU_TEST_SEED=" << seed << " HOUBU_TEST_HISTORIES=1 repeats this history");
    DenseHistory history(*subject, static_cast<unsigned>(seed));
    for (int step = 0; step < 250; ++step) history.Step();
    served += history.served();
  }
  CHECK((histories < 5 || served > histories));
}

}  // namespace
}  // namespace houbu::oracle
