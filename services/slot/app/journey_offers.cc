#include "services/slot/app/journey_offers.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

namespace houbu::slot {
namespace {

constexpr std::size_t kClassesMax = 32;  // of a run; further ones are not offered

bool IsWanted(const std::vector<ClassCode>& only, const ClassCode& code) {
  return only.empty() || std::find(only.begin(), only.end(), code) != only.end();
}

// Free places by class; false where nobody has said.
bool CountInto(const RunPlaces& places, LegRange legs, std::array<int, kClassesMax>& free) {
  if (!places.known) return false;
  const std::size_t count = std::min(places.classes.size(), kClassesMax);
  for (std::size_t i = 0; i < count; ++i) free[i] = places.classes[i].CountFree(legs);
  return true;
}

}  // namespace

OfferState OfferStateOf(SaleState sale, bool known, int free) {
  switch (sale) {
    case SaleState::kOpen:
      if (!known) return OfferState::kUnknown;
      return free > 0 ? OfferState::kOnSale : OfferState::kNoneLeft;
    case SaleState::kNotOpenYet:
      return OfferState::kNotOpenYet;
    case SaleState::kOutsidePeriod:
    case SaleState::kDeparted:
      return OfferState::kClosed;
    case SaleState::kStopped:
      return OfferState::kStopped;
  }
  return OfferState::kUnknown;
}

bool OfferClasses(const SoldRun& sold, LegRange legs, SaleState sale, const FetchedPlaces& fetched,
                  const std::vector<ClassCode>& only, std::vector<ClassOffer>& offers) {
  std::array<int, kClassesMax> free = {};
  bool known =
      sold.places.With([&](const RunPlaces& places) { return CountInto(places, legs, free); });
  if (!known) {
    const auto found = fetched.find(&sold);
    known = found != fetched.end() && CountInto(found->second, legs, free);
  }
  const std::vector<RouteClass>& classes = sold.route->classes;
  const std::size_t count = std::min(classes.size(), kClassesMax);
  offers.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::optional<std::int64_t> fen = sold.route->Fare(i, legs);
    if (!fen.has_value() || !IsWanted(only, classes[i].code)) continue;
    ClassOffer offer;
    offer.code = classes[i].code;
    offer.fare = Fen(*fen);
    offer.free = known ? free[i] : 0;
    offer.on_sale = sale == SaleState::kOpen;
    offer.state = OfferStateOf(sale, known, offer.free);
    offer.waitlist = offer.state == OfferState::kNoneLeft;
    offers.push_back(std::move(offer));
  }
  std::sort(offers.begin(), offers.end(), [](const ClassOffer& a, const ClassOffer& b) {
    return std::tie(b.fare.minor_units, a.code) < std::tie(a.fare.minor_units, b.code);
  });
  return known || offers.empty();
}

SaleState SaleOf(const SoldRun& sold, LegRange legs, absl::Time now, const BookingPolicy& policy) {
  SaleTerms terms;
  terms.kind = sold.route->kind;
  terms.service_date = sold.service_date;
  terms.zone = sold.route->zone;
  terms.sale_open_at = sold.sale_open_at;
  terms.boards_at = sold.DepartsAt(legs.from);
  terms.closed = sold.closed.load(std::memory_order_relaxed);
  return SaleStateOf(terms, now, policy);
}

}  // namespace houbu::slot
