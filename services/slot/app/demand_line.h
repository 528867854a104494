/// The line: who waits for what (W-05). What is enlisted here stands in line until places are found
/// for it, until it is taken out, or until its run has left.
#pragma once

#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/base/request.h"
#include "services/slot/app/demand_failing.h"
#include "services/slot/app/placement.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// What a demand asks for.
struct DemandWish {
  RunId run;
  ClassCode class_code;
  std::string from;  ///< A station's id.
  std::string to;    ///< A station's id.
};

/// What a demand would cost, and facts its rules need.
struct DemandQuote {
  Trip trip;
  Money fare;  ///< Of one place, the dearest (W-06).
  absl::CivilDay boarding_day;
  std::string origin_city;
  std::string destination_city;
  int free = 0;
};

/// A demand to be put in line.
struct Enlistment {
  Origin origin;
  DemandId id;
  DemandWish wish;
  std::string order;
  std::string account;
  std::string payment;
  std::vector<Traveller> travellers;
  absl::Time effective_at;
};

/// Keeps the line.
class DemandLine final {
 public:
  /// `tools` and `demands` must outlive this.
  DemandLine(BookingTools tools, DemandStore& demands)
      : tools_(tools), demands_(demands), failing_(tools, demands) {}

  /// Quotes. Refuses kRunNotFound, kClassUnknown, kStretchUnknown, kNotSold, kRunDeparted,
  /// kSaleNotOpen.
  async::Task<DemandQuote> Quote(DemandWish wish);

  /// Puts a demand in line; served at once where it fits. What can never be served is FAILED at
  /// once, and its listener told. Refuses kRunNotFound, kClassUnknown, kStretchUnknown,
  /// kDemandExists.
  async::Task<std::string> Enlist(Enlistment enlistment, Mutation<Demand> mutation);

  /// Takes a demand out of line; one that is decided, or being decided, is answered as it is.
  /// Refuses kDemandNotFound.
  async::Task<std::string> Withdraw(DemandId id, Origin origin, Mutation<Demand> mutation);

  /// Fails up to `limit` demands whose run has left; gives how many were found.
  async::Task<int> SweepDeparted(int limit);

 private:
  struct Target {
    Run run;
    LegRange legs;
  };
  struct Written {
    std::string answer;
    Demand demand;
    Committed committed;
    bool owes = false;  ///< The index is to be told.
  };
  async::Task<Target> FindTarget(DemandWish wish);
  async::Task<Written> OrBefore(async::Task<Written> writing, RequestKey key);
  async::Task<Written> EnlistInRecord(Enlistment enlistment, Mutation<Demand> mutation);
  async::Task<Written> WithdrawInRecord(DemandId id, Origin origin, Mutation<Demand> mutation);
  async::Task<void> TellIndex(Demand demand, Committed committed);

  BookingTools tools_;
  DemandStore& demands_;
  DemandFailing failing_;
};

}  // namespace houbu::slot
