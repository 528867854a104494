/// The master that Sentinels have agreed on.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/redis/directory.h"
#include "libs/redis/reply.h"

namespace houbu::redis {

/// What one Sentinel says.
struct SentinelWord {
  Address master;
  std::int64_t epoch = 0;  ///< Of the configuration: the higher one is the newer one.
};

/// Reads the answer to SENTINEL MASTER; INTERNAL when it lacks what is needed.
absl::StatusOr<SentinelWord> ParseSentinelWord(const Reply& reply);

/// Asks all Sentinels each time. Believes the newest configuration among the answers, once more
/// than half have answered: one that is cut off from the others may still name a master that was
/// replaced. When for a while too few answer, it knows no master any more.
class SentinelDirectory final : public Directory,
                                public std::enable_shared_from_this<SentinelDirectory> {
 public:
  SentinelDirectory(Link::Strand strand, std::vector<Address> sentinels, std::string name, Ask ask)
      : Directory(std::move(strand)),
        sentinels_(std::move(sentinels)),
        name_(std::move(name)),
        ask_(std::move(ask)) {}

  std::optional<Address> MasterFor(absl::string_view key) const override;
  std::vector<Address> Masters() const override;

 protected:
  void Inquire() override;

 private:
  /// One round of questions.
  struct Round {
    std::size_t answered = 0;
    std::size_t known = 0;  // Answers that name a master.
    bool ended = false;
    SentinelWord newest;
  };

  void Answered(const std::shared_ptr<Round>& round, const Answer& answer);
  void Believe(const SentinelWord& word);

  const std::vector<Address> sentinels_;
  const std::string name_;
  const Ask ask_;
  std::optional<SentinelWord> word_;
  Time believed_at_{};
};

}  // namespace houbu::redis
