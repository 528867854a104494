#include "services/slot/storage/change_committer.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;
using Positions = std::vector<std::size_t>;

constexpr int kTriesMax = 4;

/// Some of the changes, to be written together.
struct Part {
  Positions positions;
  int tries = 0;  ///< That lost a race.
};

/// Keeps what is still to be written, the next last, and what became of the others.
class Work final {
 public:
  explicit Work(std::vector<PendingChange> changes)
      : changes_(std::move(changes)), answers_(changes_.size()) {
    Part all;
    for (std::size_t i = 0; i < changes_.size(); ++i) all.positions.push_back(i);
    parts_.push_back(std::move(all));
  }

  bool done() const { return parts_.empty(); }

  /// The next part; nothing in it touches what another does.
  Part Next() {
    Part part = std::move(parts_.back());
    parts_.pop_back();
    Wave wave = TakeWave(changes_, part.positions);
    if (!wave.later.empty()) parts_.push_back(Part{std::move(wave.later), 0});
    part.positions = std::move(wave.now);
    return part;
  }

  std::vector<PendingChange> ChangesOf(const Part& part) const {
    std::vector<PendingChange> changes;
    changes.reserve(part.positions.size());
    for (const std::size_t position : part.positions) changes.push_back(changes_[position]);
    return changes;
  }

  void Settle(Part part, absl::StatusOr<BatchOutcome> outcome) {
    if (!outcome.ok()) return Fail(std::move(part), outcome.status());
    if (outcome->verdicts.all_passed()) return Answer(part, std::move(outcome->answers));
    Divide(part, outcome->verdicts);
  }

  ChangeCommitter::Answers TakeAnswers() {
    ChangeCommitter::Answers answers;
    answers.reserve(answers_.size());
    for (auto& answer : answers_) answers.push_back(*std::move(answer));
    return answers;
  }

 private:
  void Answer(const Part& part, std::vector<Committed> answers) {
    for (std::size_t i = 0; i < part.positions.size(); ++i) {
      answers_[part.positions[i]] = answers[i];
    }
  }

  void Fail(Part part, const absl::Status& failure) {
    if (absl::IsAborted(failure) && ++part.tries < kTriesMax) {
      parts_.push_back(std::move(part));
      return;
    }
    // An outage is everybody's, and what it left behind may be unknown: nothing is tried again.
    if (part.positions.size() > 1 && !absl::IsUnavailable(failure)) return Halve(part.positions);
    for (const std::size_t position : part.positions) answers_[position] = failure;
  }

  void Divide(const Part& part, const ChangeVerdicts& verdicts) {
    Positions passed, doubted;
    for (std::size_t i = 0; i < part.positions.size(); ++i) {
      const std::size_t position = part.positions[i];
      if (verdicts.passed(i)) {
        passed.push_back(position);
      } else if (verdicts.refusal(i).ok()) {
        doubted.push_back(position);
      } else {
        answers_[position] = verdicts.refusal(i);
      }
    }
    if (!doubted.empty()) Halve(doubted);
    if (!passed.empty()) parts_.push_back(Part{std::move(passed), 0});
  }

  void Halve(const Positions& positions) {
    const auto middle = positions.begin() + static_cast<std::ptrdiff_t>((positions.size() + 1) / 2);
    Part second{Positions(middle, positions.end()), 0};
    if (!second.positions.empty()) parts_.push_back(std::move(second));
    parts_.push_back(Part{Positions(positions.begin(), middle), 0});
  }

  std::vector<PendingChange> changes_;
  std::vector<std::optional<absl::StatusOr<Committed>>> answers_;
  std::vector<Part> parts_;
};

}  // namespace

Task<ChangeCommitter::Answers> ChangeCommitter::Commit(std::vector<PendingChange> changes) {
  Work work(std::move(changes));
  while (!work.done()) {
    Part part = work.Next();
    ChangeBatch batch(pool_, work.ChangesOf(part), encode_);
    auto outcome = co_await batch.Write();
    work.Settle(std::move(part), std::move(outcome));
  }
  co_return work.TakeAnswers();
}

}  // namespace houbu::slot
