#include "services/slot/storage/change_keys.h"

#include <algorithm>
#include <set>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::slot {

std::vector<std::string> KeysOf(const Change& change) {
  std::vector<std::string> keys;
  if (change.answer.has_value()) {
    const RequestKey& key = change.answer->key;
    // A length before each part: no two keys read the same.
    keys.push_back(absl::StrCat("request/", key.caller.size(), "/", key.caller, "/",
                                key.method.size(), "/", key.method, "/", key.request_id));
  }
  std::unordered_set<std::string> bookings;
  if (change.booking.has_value()) bookings.insert(change.booking->id.value());
  if (change.claim.has_value()) bookings.insert(change.claim->booking.value());
  if (change.frees.has_value()) bookings.insert(change.frees->value());
  if (change.link.has_value()) bookings.insert(change.link->from.value());
  for (const std::string& booking : bookings) keys.push_back(absl::StrCat("booking/", booking));
  if (change.demand.has_value()) {
    keys.push_back(absl::StrCat("demand/", change.demand->id.value()));
  }
  if (change.claim.has_value()) {
    for (const std::string& traveller : change.claim->travellers) {
      keys.push_back(absl::StrCat("traveller/", traveller));
    }
  }
  return keys;
}

namespace {

/// What some changes touch.
class Touched final {
 public:
  /// Tells whether the change meets what is touched, and touches what it does.
  bool Meets(const Change& change) {
    const std::vector<std::string> keys = KeysOf(change);
    bool meets = std::any_of(keys.begin(), keys.end(),
                             [this](const std::string& key) { return keys_.count(key) > 0; });
    keys_.insert(keys.begin(), keys.end());
    if (!change.claim.has_value()) return meets;
    const Claim& claim = *change.claim;
    // A unit named twice meets itself no more than a name does.
    const std::set<int> units(claim.units.begin(), claim.units.end());
    for (const int unit : units) {
      std::vector<LegRange>& taken =
          units_[absl::StrCat(claim.run.value(), "/", claim.owner(), "/", unit)];
      meets = meets || std::any_of(taken.begin(), taken.end(), [&claim](const LegRange& legs) {
                return legs.Overlaps(claim.legs);
              });
      taken.push_back(claim.legs);
    }
    return meets;
  }

 private:
  std::unordered_set<std::string> keys_;
  std::unordered_map<std::string, std::vector<LegRange>> units_;
};

}  // namespace

Wave TakeWave(const std::vector<PendingChange>& changes,
              const std::vector<std::size_t>& positions) {
  Wave wave;
  Touched touched;
  for (const std::size_t position : positions) {
    // What must wait holds back what comes after it, too: their order stays.
    (touched.Meets(*changes[position]) ? wave.later : wave.now).push_back(position);
  }
  return wave;
}

}  // namespace houbu::slot
