/// Matching: the index found places for a demand; the record decides whether they are taken, and
/// the listener whether they are wanted. A demand is served whole or not at all (W-07), and only
/// when its travellers may travel at that moment (W-15).
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "libs/async/task.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Hears of a match that could not be decided and stays, once however often it is tried; and of one
/// that could not be read and was dropped.
using MatchWatch = std::function<void(const Match& match, const absl::Status& failure)>;

/// Takes matches from the index into the record, and the listener's verdicts on them.
class Matching final {
 public:
  /// `tools` and `demands` must outlive this. `consumer` is a name no other process has.
  Matching(BookingTools tools, DemandStore& demands, std::string consumer, MatchWatch watch = {})
      : tools_(tools),
        demands_(demands),
        consumer_(std::move(consumer)),
        watch_(std::move(watch)),
        placement_(tools) {}

  /// Decides the matches of every shard that are there now; gives how many were read. A match that
  /// could not be decided stays where it is and holds up no other: the round fails only when
  /// something it needs is UNAVAILABLE.
  async::Task<int> ReadAll();

  /// Takes up the listener's word: taken, and a paid booking stands; or not wanted, and the places
  /// go to the next in line. However often it is told.
  async::Task<void> Decided(DemandId demand, bool accepted);

 private:
  async::Task<std::set<std::string>> DecideAll(std::vector<Match> matches,
                                               std::set<std::string> undecided);
  async::Task<std::vector<Match>> DecideOnce(std::vector<Match> matches,
                                             std::set<std::string>& undecided);
  async::Task<void> Decide(Match match);
  async::Task<void> Drop(Match match);
  void Note(const Match& match, const absl::Status& failure,
            std::set<std::string>& undecided) const;
  async::Task<void> Propose(Match match, Demand demand);
  async::Task<void> AwaitTurn(Match match);
  async::Task<void> FailAndRelease(Match match, Demand demand, std::string reason);
  async::Task<void> ReleaseAndAck(Match match);
  async::Task<void> DecidedOnce(DemandId id, bool accepted);
  async::Task<void> Serve(Demand demand);
  async::Task<void> Decline(Demand demand);

  BookingTools tools_;
  DemandStore& demands_;
  std::string consumer_;
  MatchWatch watch_;
  std::set<std::string> undecided_;                // those of the last round, by shard and id
  std::map<std::string, absl::Time> out_of_turn_;  // since when, by shard and id
  Placement placement_;
};

}  // namespace houbu::slot
