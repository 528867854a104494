#include "services/slot/rpc/render_catalogue.h"

#include "libs/rpc/wire.h"
#include "services/slot/rpc/render.h"

namespace houbu::slot {
namespace {

v1::Run::Class Render(const ClassOffer& offer) {
  v1::Run::Class wire;
  wire.set_code(offer.code);
  *wire.mutable_fare() = rpc::ToWire(offer.fare);
  wire.set_free(offer.free);
  wire.set_waitlist(offer.waitlist);
  wire.set_on_sale(offer.on_sale);
  return wire;
}

}  // namespace

v1::Journey Render(const JourneyOffer& offer) {
  v1::Journey wire;
  if (!offer.run.empty()) wire.set_run(NameOf(offer.run));
  wire.set_train(offer.train);
  wire.set_from(offer.from);
  wire.set_from_display_name(offer.from_name);
  wire.set_to(offer.to);
  wire.set_to_display_name(offer.to_name);
  *wire.mutable_departure_time() = rpc::ToWire(offer.departs_at);
  *wire.mutable_arrival_time() = rpc::ToWire(offer.arrives_at);
  for (const ClassOffer& one : offer.classes) *wire.add_classes() = Render(one);
  return wire;
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
    *one.mutable_arrival_time() = rpc::ToWire(stop.arrives_at);
    *one.mutable_departure_time() = rpc::ToWire(stop.departs_at);
  }
  for (const ClassOffer& one : offer.classes) *wire.add_classes() = Render(one);
  return wire;
}

}  // namespace houbu::slot
