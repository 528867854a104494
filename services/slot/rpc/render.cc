#include "services/slot/rpc/render.h"

#include "absl/strings/str_cat.h"

#include "libs/rpc/wire.h"
#include "services/slot/rpc/render_catalogue.h"

namespace houbu::slot {
namespace {

v1::Booking::State StateOf(BookingState state) {
  switch (state) {
    case BookingState::kHeld:
      return v1::Booking::STATE_HELD;
    case BookingState::kPendingPayment:
      return v1::Booking::STATE_PENDING_PAYMENT;
    case BookingState::kBooked:
      return v1::Booking::STATE_BOOKED;
    case BookingState::kUsed:
      return v1::Booking::STATE_USED;
    case BookingState::kCancelled:
      return v1::Booking::STATE_CANCELLED;
    case BookingState::kExpired:
      return v1::Booking::STATE_EXPIRED;
  }
  return v1::Booking::STATE_UNSPECIFIED;
}

v1::Demand::State StateOf(DemandState state) {
  switch (state) {
    case DemandState::kWaiting:
      return v1::Demand::STATE_WAITING;
    case DemandState::kMatched:
      return v1::Demand::STATE_MATCHED;
    case DemandState::kServed:
      return v1::Demand::STATE_SERVED;
    case DemandState::kWithdrawn:
      return v1::Demand::STATE_WITHDRAWN;
    case DemandState::kFailed:
      return v1::Demand::STATE_FAILED;
  }
  return v1::Demand::STATE_UNSPECIFIED;
}

std::string NameOrEmpty(absl::string_view collection, const std::string& id) {
  return id.empty() ? std::string() : absl::StrCat(collection, "/", id);
}

v1::DemandSpec SpecOf(const Demand& demand) {
  v1::DemandSpec spec;
  spec.set_run(NameOf(demand.run));
  spec.set_class_code(demand.class_code);
  spec.set_from(demand.from_station);
  spec.set_to(demand.to_station);
  return spec;
}

void RenderTrip(const Trip& trip, v1::Booking& wire) {
  wire.set_run(NameOf(trip.run));
  wire.set_class_code(trip.class_code);
  wire.set_from(trip.from_station);
  wire.set_to(trip.to_station);
  *wire.mutable_departure_time() = rpc::ToWire(trip.departs_at);
  *wire.mutable_arrival_time() = rpc::ToWire(trip.arrives_at);
  *wire.mutable_service_date() = rpc::ToWire(trip.service_date);
}

}  // namespace

v1::RunKind Render(RunKind kind) {
  switch (kind) {
    case RunKind::kTrain:
      return v1::RUN_KIND_TRAIN;
    case RunKind::kWindow:
      return v1::RUN_KIND_WINDOW;
  }
  return v1::RUN_KIND_UNSPECIFIED;
}

v1::Booking Render(const Booking& booking) {
  v1::Booking wire;
  wire.set_name(NameOf(booking.id));
  wire.set_etag(absl::StrCat(booking.version));
  *wire.mutable_create_time() = rpc::ToWire(booking.created_at);
  if (booking.expires_at.has_value()) {
    *wire.mutable_expire_time() = rpc::ToWire(*booking.expires_at);
  }
  wire.set_state(StateOf(booking.state));
  wire.set_number(booking.number);
  wire.set_account(booking.account);
  RenderTrip(booking.trip, wire);
  for (const Place& place : booking.places) {
    v1::Booking::Place& seat = *wire.add_places();
    seat.set_passenger(place.traveller.passenger);
    seat.set_masked_name(place.traveller.masked_name);
    seat.set_coach(place.coach);
    seat.set_unit(place.number);
  }
  *wire.mutable_fare() = rpc::ToWire(booking.fare);
  *wire.mutable_total() = rpc::ToWire(booking.total);
  wire.set_payment(booking.payment);
  wire.set_cancel_reason(booking.cancel_reason);
  wire.set_rebooked_from(NameOrEmpty("bookings", booking.rebooked_from));
  wire.set_rebooked_to(NameOrEmpty("bookings", booking.rebooked_to));
  wire.set_demand(NameOrEmpty("demands", booking.demand));
  for (const HistoryEntry& entry : booking.history) {
    v1::Booking::HistoryEntry& step = *wire.add_history();
    step.set_state(StateOf(entry.state));
    *step.mutable_time() = rpc::ToWire(entry.at);
    step.set_cause(entry.cause);
  }
  wire.set_destination_country(booking.destination_country);
  return wire;
}

std::string RenderBookingBytes(const Booking& booking) {
  return Render(booking).SerializeAsString();
}

v1::Trip Render(const PlannedTrip& trip) {
  v1::Trip wire;
  wire.set_booking(NameOf(trip.booking));
  wire.set_account(trip.account);
  wire.set_state(StateOf(trip.state));
  for (const std::string& key : trip.travellers) wire.add_traveller_keys(key);
  wire.set_destination_country(trip.destination_country);
  *wire.mutable_travel_date() = rpc::ToWire(trip.day);
  return wire;
}

v1::Demand Render(const Demand& demand) {
  v1::Demand wire;
  wire.set_name(NameOf(demand.id));
  wire.set_state(StateOf(demand.state));
  *wire.mutable_spec() = SpecOf(demand);
  *wire.mutable_effective_time() = rpc::ToWire(demand.effective_at);
  return wire;
}

std::string RenderDemandBytes(const Demand& demand) { return Render(demand).SerializeAsString(); }

v1::DemandExplanation Render(const DemandExplanation& explanation) {
  v1::DemandExplanation wire;
  wire.set_demand(NameOf(explanation.demand.id));
  wire.set_state(StateOf(explanation.demand.state));
  *wire.mutable_spec() = SpecOf(explanation.demand);
  *wire.mutable_as_of() = rpc::ToWire(explanation.as_of);
  if (!explanation.why.has_value()) return wire;
  const WhyNotYet& why = *explanation.why;
  wire.set_unit_class_code(why.unit_class);
  wire.set_passengers(why.passengers);
  wire.set_rank(why.rank);
  wire.set_in_the_way(why.in_the_way);
  for (const BlockedStretch& blocked : explanation.blocks) {
    v1::DemandExplanation::Leg& leg = *wire.add_blocking_legs();
    leg.set_from(blocked.from.station);
    leg.set_from_display_name(blocked.from.name);
    leg.set_to(blocked.to.station);
    leg.set_to_display_name(blocked.to.name);
    leg.set_free(blocked.free);
    leg.set_needed(why.passengers);
  }
  wire.set_fragmented(why.fragmented);
  wire.set_fitting(why.fitting);
  return wire;
}

v1::DemandQuote Render(const DemandQuote& quote) {
  v1::DemandQuote wire;
  *wire.mutable_fare() = rpc::ToWire(quote.fare);
  *wire.mutable_departure_time() = rpc::ToWire(quote.trip.departs_at);
  *wire.mutable_arrival_time() = rpc::ToWire(quote.trip.arrives_at);
  *wire.mutable_boarding_date() = rpc::ToWire(quote.boarding_day);
  wire.set_origin_city(quote.origin_city);
  wire.set_destination_city(quote.destination_city);
  wire.set_free(quote.free);
  wire.set_display_name(quote.trip.display_name);
  wire.set_kind(Render(quote.trip.kind));
  wire.set_time_zone(quote.trip.time_zone);
  return wire;
}

v1::Window Render(const WindowOffer& offer) {
  v1::Window wire;
  wire.set_run(NameOf(offer.run.id));
  if (!offer.run.stops.empty()) {
    wire.set_station(offer.run.stops.front().station);
    wire.set_station_display_name(offer.run.stops.front().name);
    *wire.mutable_open_time() = rpc::ToWire(offer.run.stops.front().departs_at);
    *wire.mutable_close_time() = rpc::ToWire(offer.run.stops.back().arrives_at);
  }
  v1::Run::Class& availability = *wire.mutable_availability();
  availability.set_code(offer.class_code);
  *availability.mutable_fare() = rpc::ToWire(offer.fare);
  availability.set_free(offer.free);
  const OfferState state = OfferStateOf(offer.sale, offer.known, offer.free);
  availability.set_state(Render(state));
  availability.set_waitlist(state == OfferState::kNoneLeft);
  availability.set_on_sale(offer.on_sale);
  return wire;
}

v1::RebookingPreview Render(const RebookingPreview& preview) {
  v1::RebookingPreview wire;
  wire.set_booking(NameOf(preview.booking.id));
  for (const Place& place : preview.booking.places) {
    wire.add_passengers(place.traveller.passenger);
  }
  wire.set_class_code(preview.booking.trip.class_code);
  wire.set_destination_country(preview.booking.destination_country);
  for (const std::string& field : preview.missing) wire.add_missing(field);
  for (const WindowOffer& offer : preview.day.windows) *wire.add_windows() = Render(offer);
  *wire.mutable_total() = rpc::ToWire(preview.total);
  wire.set_sold_out(preview.day.sold_out);
  for (const WindowOffer& offer : preview.day.alternatives) {
    *wire.add_alternatives() = Render(offer);
  }
  return wire;
}

v1::InventoryReport Render(const InventoryReport& report) {
  v1::InventoryReport wire;
  wire.set_runs(report.runs);
  wire.set_capacity(report.audit.capacity);
  wire.set_taken(report.audit.taken);
  wire.set_free(report.audit.free);
  wire.set_conservation_error(report.audit.conservation_error());
  wire.set_oversold(report.audit.oversold);
  wire.set_servable_waiting(report.audit.servable_waiting);
  wire.set_waiting(report.audit.waiting);
  for (const std::string& difference : report.audit.differences) {
    wire.add_differences(difference);
  }
  wire.set_next_page_token(report.next);
  wire.set_rebuilt_runs(report.rebuilt.runs);
  wire.set_rebuilt_rows(report.rebuilt.rows);
  *wire.mutable_rebuild_duration() = rpc::ToWire(report.rebuild_time);
  return wire;
}

std::string RenderReportBytes(const InventoryReport& report) {
  return Render(report).SerializeAsString();
}

std::string RenderSaleBytes(const SaleChange& change) {
  v1::RunSale wire;
  wire.set_run(NameOf(change.run));
  wire.set_state(change.sale == Sale::kClosed ? v1::RunSale::STATE_CLOSED
                                              : v1::RunSale::STATE_OPEN);
  return wire.SerializeAsString();
}

v1::RunCancellation Render(const CancelledRun& cancelled) {
  v1::RunCancellation wire;
  wire.set_run(NameOf(cancelled.run));
  wire.set_reason(cancelled.reason);
  *wire.mutable_cancel_time() = rpc::ToWire(cancelled.cancelled_at);
  wire.set_bookings(cancelled.bookings);
  wire.set_bookings_left(cancelled.bookings_left);
  wire.set_demands(cancelled.demands);
  wire.set_demands_left(cancelled.demands_left);
  wire.set_refund_batch(NameOf(cancelled.run));
  return wire;
}

std::string RenderCancelledBytes(const CancelledRun& cancelled) {
  return Render(cancelled).SerializeAsString();
}

}  // namespace houbu::slot
