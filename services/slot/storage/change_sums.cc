#include "services/slot/storage/change_sums.h"

#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::slot {
namespace {

/// A unit or a leg: its run, the class whose it is, and its number.
using Spot = std::tuple<std::string, std::string, int>;

Spot SpotOf(const Claim& claim, int number) {
  return Spot(claim.run.value(), claim.owner(), number);
}

/// Spots as columns.
struct SpotColumns {
  std::vector<std::string> runs, classes;
  std::vector<std::int64_t> numbers;

  void Add(const Spot& spot) {
    runs.push_back(std::get<0>(spot));
    classes.push_back(std::get<1>(spot));
    numbers.push_back(std::get<2>(spot));
  }

  void AddTo(postgres::Parameters& params) const {
    params.AddTextArray(runs).AddTextArray(classes).AddIntArray(numbers);
  }
};

struct UnitSum {
  std::vector<LegRange> freed;
  std::vector<LegRange> taken;
  std::vector<std::size_t> sharers;
};

struct CountSum {
  std::int64_t places = 0;
  std::vector<std::size_t> sharers;
};

/// An int4multirange, "{[0,2),[5,6)}".
std::string MultirangeOf(const std::vector<LegRange>& stretches) {
  std::string text = "{";
  for (const LegRange& legs : stretches) {
    absl::StrAppend(&text, text.size() > 1 ? "," : "", "[", legs.from, ",", legs.to, ")");
  }
  text.push_back('}');
  return text;
}

/// Numbers the row that was just added.
void AddNumbered(GuardedRows& rows, std::vector<std::size_t> sharers) {
  rows.keys.push_back(absl::StrCat(rows.keys.size() + 1));
  rows.sharers.push_back(std::move(sharers));
}

/// Journeys as columns.
struct JourneyColumns {
  std::vector<std::string> travellers, runs;
  std::vector<absl::Time> departs, arrives;

  void Add(const std::string& traveller, const Claim& claim) {
    travellers.push_back(traveller);
    runs.push_back(claim.run.value());
    departs.push_back(claim.departs_at);
    arrives.push_back(claim.arrives_at);
  }

  postgres::Parameters ToParameters() const {
    postgres::Parameters params;
    params.AddTextArray(travellers).AddTextArray(runs).AddTimeArray(departs);
    params.AddTimeArray(arrives);
    return params;
  }
};

}  // namespace

GuardedRows UnitRows(const std::vector<BatchClaim>& taken, const std::vector<BatchClaim>& freed) {
  std::map<Spot, UnitSum> sums;
  for (const BatchClaim& one : freed) {
    for (const int unit : one.claim.units) {
      sums[SpotOf(one.claim, unit)].freed.push_back(one.claim.legs);
    }
  }
  for (const BatchClaim& one : taken) {
    for (const int unit : one.claim.units) {
      UnitSum& sum = sums[SpotOf(one.claim, unit)];
      sum.taken.push_back(one.claim.legs);
      sum.sharers.push_back(one.change);
    }
  }
  GuardedRows rows;
  SpotColumns spots;
  std::vector<std::string> given_back, wanted;
  for (auto& [spot, sum] : sums) {
    spots.Add(spot);
    given_back.push_back(MultirangeOf(sum.freed));
    wanted.push_back(MultirangeOf(sum.taken));
    AddNumbered(rows, std::move(sum.sharers));
  }
  spots.AddTo(rows.params);
  rows.params.AddTextArray(given_back).AddTextArray(wanted);
  return rows;
}

GuardedRows CountRows(const std::vector<BatchClaim>& taken, const std::vector<BatchClaim>& freed) {
  std::map<Spot, CountSum> sums;
  for (const BatchClaim& one : freed) {
    if (!one.claim.units.empty()) continue;
    for (int leg = one.claim.legs.from; leg < one.claim.legs.to; ++leg) {
      sums[SpotOf(one.claim, leg)].places -= static_cast<std::int64_t>(one.claim.travellers.size());
    }
  }
  for (const BatchClaim& one : taken) {
    if (!one.claim.units.empty()) continue;
    for (int leg = one.claim.legs.from; leg < one.claim.legs.to; ++leg) {
      CountSum& sum = sums[SpotOf(one.claim, leg)];
      sum.places += static_cast<std::int64_t>(one.claim.travellers.size());
      sum.sharers.push_back(one.change);
    }
  }
  GuardedRows rows;
  SpotColumns spots;
  std::vector<std::int64_t> places;
  for (auto& [spot, sum] : sums) {
    spots.Add(spot);
    places.push_back(sum.places);
    AddNumbered(rows, std::move(sum.sharers));
  }
  spots.AddTo(rows.params);
  rows.params.AddIntArray(places);
  return rows;
}

GuardedRows JourneyRows(const std::vector<BatchClaim>& taken) {
  std::map<std::string, const BatchClaim*> travellers;
  for (const BatchClaim& one : taken) {
    for (const std::string& traveller : one.claim.travellers) travellers[traveller] = &one;
  }
  GuardedRows rows;
  JourneyColumns journeys;
  for (const auto& [traveller, one] : travellers) {
    journeys.Add(traveller, one->claim);
    rows.keys.push_back(traveller);
    rows.sharers.push_back({one->change});
  }
  rows.params = journeys.ToParameters();
  return rows;
}

postgres::Parameters FreedJourneys(const std::vector<BatchClaim>& freed) {
  JourneyColumns journeys;
  for (const BatchClaim& one : freed) {
    for (const std::string& traveller : one.claim.travellers) journeys.Add(traveller, one.claim);
  }
  return journeys.ToParameters();
}

}  // namespace houbu::slot
