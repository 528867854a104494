/// Placement: a party gets places, at once or not at all. Shared by everything that books anew.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "libs/base/request.h"
#include "services/slot/app/confirmations.h"
#include "services/slot/app/fresh_index.h"
#include "services/slot/app/ports.h"
#include "services/slot/domain/rules.h"

namespace houbu::slot {

/// What is to be booked, by whom, for whom.
struct PlacementOrder {
  Origin origin;
  Run run;
  ClassCode class_code;
  LegRange legs;
  std::vector<Traveller> travellers;
  std::string destination_country;
  BookingId rebooked_from;     ///< Empty unless it follows a cancelled booking.
  std::string positions = {};  ///< Letters one of the party would like to be at; empty for any.
};

/// What bookings are made with. Everything must outlive the use cases.
struct BookingTools {
  const Clock& clock;
  IdSource& ids;
  Record& record;
  RunStore& runs;
  BookingStore& bookings;
  InventoryRecord& inventory;
  FreshIndex& fresh_index;
  InventoryIndex& index;
  BookingPolicy policy;
  Confirmations* confirmations = nullptr;  ///< Where there is none, tokens are confirmed at once.
  /// Called when places became free in the index: somebody in line may have been served.
  std::function<void()> on_release = nullptr;
};

/// What a booking of this run over these legs says of it.
Trip TripOf(const Run& run, const ClassCode& class_code, LegRange legs);

/// Tells whoever wants to know that places became free.
inline void TellReleased(const BookingTools& tools) {
  if (tools.on_release) tools.on_release();
}

/// Gives the answer stored under `key`, for a request that met `failure`: what stood in its way may
/// be itself, sent before. Fails with `failure` where nothing is stored, and with REQUEST_ID_REUSED
/// where another request was.
async::Task<std::string> StoredAnswerOr(Record& record, RequestKey key, absl::Status failure);

/// Finds and takes places, and commits the booking that has them.
class Placement final {
 public:
  /// Works with `tools`.
  explicit Placement(BookingTools tools) : tools_(tools) {}

  /// Books: HELD, or BOOKED where nothing is to be paid. Gives the answer that was stored. The sale
  /// was checked. Does not ask first whether the request was answered before: the commit does, and
  /// a request sent again takes places for a moment and gives them back. Refuses kNotSold,
  /// kClassUnknown, kSoldOut, kItineraryConflict, kOneTicketPerRun; the caller looks a stored
  /// answer up before it passes a failure on.
  async::Task<std::string> Book(PlacementOrder order, Mutation<Booking> mutation);

  /// Places taken in the index: what it proposed, and which places these are.
  struct Taken {
    Allocation allocation;
    NewPlaces places;
  };
  /// Takes places in the index only, under a new token; to be committed, or given back. Positions
  /// as FreshIndex::Allocate.
  async::Task<Taken> Take(RunEpoch run, DemandKind kind, std::vector<Traveller> travellers,
                          std::string positions = std::string());

  /// Names the units of a class, one place for each traveller.
  async::Task<std::vector<Place>> NamePlaces(RunId run, ClassCode class_code,
                                             std::vector<Traveller> travellers,
                                             std::vector<int> units);

  /// Gives back in the index what could not be committed for `reason`. What fails here is found
  /// later as a token nobody has.
  async::Task<void> GiveBack(RunEpoch run, std::string token, absl::Status reason);

 private:
  /// What is booked, the same in every attempt.
  struct Asked {
    PlacementOrder order;
    Mutation<Booking> mutation;
  };
  async::Task<std::string> Attempt(std::shared_ptr<const Asked> asked);
  async::Task<Booking> Compose(std::shared_ptr<const Asked> asked, Money fare, NewPlaces taken);
  async::Task<void> Confirm(std::string run, std::string token);

  BookingTools tools_;
};

/// What a booking claims for its places.
Claim ClaimFor(const Booking& booking, const Run& run, const Allocation& allocation);

}  // namespace houbu::slot
