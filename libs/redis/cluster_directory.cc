#include "libs/redis/cluster_directory.h"

#include <algorithm>
#include <random>
#include <set>
#include <utility>

#include "libs/redis/errors.h"
#include "libs/redis/keys.h"

namespace houbu::redis {
namespace {

// How many nodes are asked for the map at a time.
constexpr int kAskedAtOnce = 3;

}  // namespace

// The map ----------------------------------------------------------------------------------------

absl::StatusOr<SlotMap> SlotMap::Parse(const Reply& reply, const Address& asked) {
  SlotMap map;
  for (const Reply& range : reply.items()) {
    const std::vector<Reply>& parts = range.items();
    if (parts.size() < 3 || parts[2].items().size() < 2) {
      return absl::InternalError("CLUSTER SLOTS answered something unexpected.");
    }
    const std::int64_t first = parts[0].integer();
    const std::int64_t last = parts[1].integer();
    const std::int64_t port = parts[2].items()[1].integer();
    if (first < 0 || first > last || last >= kSlots || port < 1 || port > 65535) {
      return absl::InternalError("CLUSTER SLOTS answered something unexpected.");
    }
    // A node that does not know its own address leaves it out, or writes "?".
    const std::string& host = parts[2].items()[0].text();
    const Address master{host.empty() || host == "?" ? asked.host : host, static_cast<int>(port)};
    map.AssignStretch(static_cast<int>(first), static_cast<int>(last), master);
  }
  if (map.stretches_.empty()) {
    return UnavailableBecause("The node has met no cluster.");
  }
  return map;
}

std::optional<Address> SlotMap::MasterOf(int slot) const {
  auto after = stretches_.upper_bound(slot);
  if (after == stretches_.begin() || std::prev(after)->second.host.empty()) {
    return std::nullopt;
  }
  return std::prev(after)->second;
}

std::vector<Address> SlotMap::Masters() const {
  std::set<Address> masters;
  for (const auto& [first, master] : stretches_) {
    if (!master.host.empty()) {
      masters.insert(master);
    }
  }
  return {masters.begin(), masters.end()};
}

void SlotMap::Assign(int slot, const Address& master) {
  if (slot >= 0 && slot < kSlots) {
    AssignStretch(slot, slot, master);
  }
}

void SlotMap::AssignStretch(int first, int last, const Address& master) {
  const Address behind = MasterOf(last + 1).value_or(Address());
  stretches_.erase(stretches_.lower_bound(first), stretches_.upper_bound(last));
  stretches_[first] = master;
  if (last + 1 < kSlots) {
    stretches_.try_emplace(last + 1, behind);
  }
}

// The directory ----------------------------------------------------------------------------------

std::optional<Address> ClusterDirectory::MasterFor(absl::string_view key) const {
  return map_.MasterOf(SlotOf(key));
}

void ClusterDirectory::Moved(int slot, const Address& master) {
  map_.Assign(slot, master);
  hint_ = master;
}

std::vector<Address> ClusterDirectory::Candidates() {
  std::vector<Address> candidates = map_.Masters();
  for (const Address& node : nodes_) {
    if (std::find(candidates.begin(), candidates.end(), node) == candidates.end()) {
      candidates.push_back(node);
    }
  }
  static thread_local std::minstd_rand chance{std::random_device{}()};
  std::shuffle(candidates.begin(), candidates.end(), chance);
  if (hint_.has_value()) {
    candidates.push_back(*std::exchange(hint_, std::nullopt));
  }
  return candidates;
}

void ClusterDirectory::Inquire() {
  const auto inquiry = std::make_shared<Inquiry>();
  inquiry->candidates = Candidates();
  for (int i = 0; i < kAskedAtOnce; ++i) {
    AskNext(inquiry);
  }
}

void ClusterDirectory::AskNext(const std::shared_ptr<Inquiry>& inquiry) {
  if (inquiry->over) {
    return;
  }
  if (inquiry->candidates.empty()) {
    if (inquiry->under_way == 0) {
      inquiry->over = true;
      Ended();
    }
    return;
  }
  const Address asked = std::move(inquiry->candidates.back());
  inquiry->candidates.pop_back();
  ++inquiry->under_way;
  ask_(asked, {"CLUSTER", "SLOTS"},
       [weak = weak_from_this(), inquiry, asked](const Answer& answer) {
         if (const auto self = weak.lock()) {
           self->Answered(inquiry, asked, answer);
         }
       });
}

void ClusterDirectory::Answered(const std::shared_ptr<Inquiry>& inquiry, const Address& asked,
                                const Answer& answer) {
  --inquiry->under_way;
  if (inquiry->over) {
    return;
  }
  if (answer.kind == Answer::Kind::kReply) {
    absl::StatusOr<SlotMap> map = SlotMap::Parse(answer.reply, asked);
    if (map.ok()) {
      inquiry->over = true;
      map_ = *std::move(map);
      Ended();
      return;
    }
  }
  AskNext(inquiry);
}

}  // namespace houbu::redis
