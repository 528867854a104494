#include "libs/redis/sentinel_directory.h"

#include <utility>

namespace houbu::redis {
namespace {

// How long a word is believed that no majority has repeated.
constexpr auto kBelief = std::chrono::seconds(10);

}  // namespace

absl::StatusOr<SentinelWord> ParseSentinelWord(const Reply& reply) {
  SentinelWord word;
  const std::vector<Reply>& pairs = reply.items();
  for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) {
    const std::string& field = pairs[i].text();
    if (field == "ip") {
      word.master.host = pairs[i + 1].text();
    } else if (field == "port") {
      word.master.port = static_cast<int>(pairs[i + 1].Integer().value_or(0));
    } else if (field == "config-epoch") {
      word.epoch = pairs[i + 1].Integer().value_or(0);
    }
  }
  if (word.master.host.empty() || word.master.port < 1 || word.master.port > 65535) {
    return absl::InternalError("SENTINEL MASTER answered something unexpected.");
  }
  return word;
}

std::optional<Address> SentinelDirectory::MasterFor(absl::string_view) const {
  if (!word_.has_value() || std::chrono::steady_clock::now() > believed_at_ + kBelief) {
    return std::nullopt;
  }
  return word_->master;
}

std::vector<Address> SentinelDirectory::Masters() const {
  const std::optional<Address> master = MasterFor(absl::string_view());
  return master.has_value() ? std::vector<Address>{*master} : std::vector<Address>();
}

void SentinelDirectory::Inquire() {
  const auto round = std::make_shared<Round>();
  for (const Address& sentinel : sentinels_) {
    ask_(sentinel, {"SENTINEL", "MASTER", name_},
         [weak = weak_from_this(), round](const Answer& answer) {
           if (const auto self = weak.lock()) {
             self->Answered(round, answer);
           }
         });
  }
  if (sentinels_.empty()) {
    Ended();
  }
}

void SentinelDirectory::Answered(const std::shared_ptr<Round>& round, const Answer& answer) {
  ++round->answered;
  if (answer.kind == Answer::Kind::kReply) {
    const absl::StatusOr<SentinelWord> word = ParseSentinelWord(answer.reply);
    if (word.ok()) {
      ++round->known;
      if (round->known == 1 || word->epoch > round->newest.epoch) {
        round->newest = *word;
      }
    }
  }
  const bool decided = round->known > sentinels_.size() / 2;
  if (decided) {
    Believe(round->newest);
  }
  if (!round->ended && (decided || round->answered == sentinels_.size())) {
    round->ended = true;
    Ended();
  }
}

void SentinelDirectory::Believe(const SentinelWord& word) {
  const Time now = std::chrono::steady_clock::now();
  // A majority may have heard of a failover later than whom we asked before; but Sentinels that
  // keep saying less than they once did were set up anew.
  if (!word_.has_value() || word.epoch >= word_->epoch || now > believed_at_ + kBelief) {
    word_ = word;
    believed_at_ = now;
  }
}

}  // namespace houbu::redis
