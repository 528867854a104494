/// Answers as they go over the wire.
#pragma once

#include <string>

#include "services/slot/app/demand_explanation.h"
#include "services/slot/app/demand_line.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/ports_cancelled.h"
#include "services/slot/app/ports_trips.h"
#include "services/slot/app/rebooking.h"
#include "services/slot/domain/booking.h"
#include "services/slot/domain/demand.h"

#include "houbu/slot/v1/slot.pb.h"
#include "houbu/slot/v1/trip.pb.h"

namespace houbu::slot {

/// A booking.
v1::Booking Render(const Booking& booking);

/// A booking's bytes, as they are stored for a repeated request.
std::string RenderBookingBytes(const Booking& booking);

/// A trip.
v1::Trip Render(const PlannedTrip& trip);

/// A demand.
v1::Demand Render(const Demand& demand);

/// A demand's bytes, as they are stored for a repeated request.
std::string RenderDemandBytes(const Demand& demand);

/// Why a demand waits.
v1::DemandExplanation Render(const DemandExplanation& explanation);

/// A quote.
v1::DemandQuote Render(const DemandQuote& quote);

/// A preview.
v1::RebookingPreview Render(const RebookingPreview& preview);

/// A window with what is left.
v1::Window Render(const WindowOffer& offer);

/// A report.
v1::InventoryReport Render(const InventoryReport& report);

/// A report's bytes, as they are stored for a repeated request.
std::string RenderReportBytes(const InventoryReport& report);

/// A sale's bytes, as they are stored for a repeated request.
std::string RenderSaleBytes(const SaleChange& change);

/// How far the cancellation of a run is.
v1::RunCancellation Render(const CancelledRun& cancelled);

/// A cancellation's bytes, as they are stored for a repeated request.
std::string RenderCancelledBytes(const CancelledRun& cancelled);

/// The kind of a run.
v1::RunKind Render(RunKind kind);

}  // namespace houbu::slot
