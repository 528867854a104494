#include "services/slot/rpc/render_catalogue.h"

#include <string>

#include "absl/strings/str_cat.h"

#include "libs/rpc/wire.h"
#include "services/slot/rpc/render.h"

namespace houbu::slot {
namespace {

std::string TextOf(absl::string_view text) { return std::string(text.data(), text.size()); }

// In place: what rpc::ToWire gives is copied, and a search has many times.
void Render(absl::Time time, google::protobuf::Timestamp& wire) { wire = rpc::ToWire(time); }

v1::Position Render(Position position) {
  switch (position) {
    case Position::kWindow:
      return v1::POSITION_WINDOW;
    case Position::kAisle:
      return v1::POSITION_AISLE;
    case Position::kMiddle:
      return v1::POSITION_MIDDLE;
    case Position::kLowerBerth:
      return v1::POSITION_LOWER_BERTH;
    case Position::kMiddleBerth:
      return v1::POSITION_MIDDLE_BERTH;
    case Position::kUpperBerth:
      return v1::POSITION_UPPER_BERTH;
  }
  return v1::POSITION_UNSPECIFIED;
}

void Render(const ClassOffer& offer, v1::Run::Class& wire) {
  wire.set_code(offer.code);
  const absl::string_view currency = offer.fare.currency.code();
  wire.mutable_fare()->set_currency_code(currency.data(), currency.size());
  wire.mutable_fare()->set_minor_units(offer.fare.minor_units);
  wire.set_free(offer.free);
  wire.set_waitlist(offer.waitlist);
  wire.set_on_sale(offer.on_sale);
  wire.set_state(Render(offer.state));
  for (const Position position : offer.positions) wire.add_positions(Render(position));
}

void Render(const JourneyOffer& offer, v1::Journey& wire) {
  if (offer.sold != nullptr) wire.set_run(absl::StrCat("runs/", offer.run()));
  wire.set_train(TextOf(offer.train));
  wire.set_from(TextOf(offer.from));
  wire.set_from_display_name(TextOf(offer.from_name));
  wire.set_to(TextOf(offer.to));
  wire.set_to_display_name(TextOf(offer.to_name));
  Render(offer.departs_at, *wire.mutable_departure_time());
  Render(offer.arrives_at, *wire.mutable_arrival_time());
  if (offer.sale_opens_at.has_value()) {
    Render(*offer.sale_opens_at, *wire.mutable_sale_open_time());
  }
  for (const ClassOffer& one : offer.classes) Render(one, *wire.add_classes());
}

}  // namespace

v1::Run::Class::State Render(OfferState state) {
  switch (state) {
    case OfferState::kOnSale:
      return v1::Run::Class::STATE_ON_SALE;
    case OfferState::kNoneLeft:
      return v1::Run::Class::STATE_SOLD_OUT;
    case OfferState::kNotOpenYet:
      return v1::Run::Class::STATE_NOT_OPEN;
    case OfferState::kClosed:
      return v1::Run::Class::STATE_CLOSED;
    case OfferState::kUnknown:
      return v1::Run::Class::STATE_UNKNOWN;
    case OfferState::kStopped:
      return v1::Run::Class::STATE_STOPPED;
  }
  return v1::Run::Class::STATE_UNSPECIFIED;
}

void Render(const JourneyPage& page, v1::SearchJourneysResponse& wire) {
  for (const JourneyOffer& offer : page.journeys) Render(offer, *wire.add_journeys());
  for (const ConnectionOffer& offer : page.connections) {
    v1::Connection& connection = *wire.add_connections();
    Render(offer.first, *connection.mutable_first());
    Render(offer.second, *connection.mutable_second());
  }
  if (page.as_of != absl::InfinitePast()) {
    Render(page.as_of, *wire.mutable_available_as_of());
  }
}

void Render(const WindowDay& day, v1::SearchWindowsResponse& wire) {
  for (const WindowOffer& offer : day.windows) *wire.add_windows() = Render(offer);
  wire.set_sold_out(day.sold_out);
  for (const WindowOffer& offer : day.alternatives) *wire.add_alternatives() = Render(offer);
  if (day.as_of != absl::InfinitePast()) Render(day.as_of, *wire.mutable_available_as_of());
}

v1::Run Render(const RunOffer& offer) {
  v1::Run wire;
  wire.set_name(NameOf(offer.run.id));
  wire.set_kind(Render(offer.run.kind));
  wire.set_display_name(offer.run.display_name);
  *wire.mutable_service_date() = rpc::ToWire(offer.run.service_date);
  wire.set_time_zone(offer.run.time_zone);
  for (const Stop& stop : offer.run.stops) {
    v1::Run::Stop& one = *wire.add_stops();
    one.set_station(stop.station);
    one.set_display_name(stop.name);
    Render(stop.arrives_at, *one.mutable_arrival_time());
    Render(stop.departs_at, *one.mutable_departure_time());
  }
  for (const ClassOffer& one : offer.classes) Render(one, *wire.add_classes());
  if (offer.as_of != absl::InfinitePast()) Render(offer.as_of, *wire.mutable_available_as_of());
  return wire;
}

}  // namespace houbu::slot
