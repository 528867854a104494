/// One of slot's processes: its use cases, on a record and an index that it shares with the others.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "services/slot/app/booking_creation.h"
#include "services/slot/app/cancellation.h"
#include "services/slot/app/demand_line.h"
#include "services/slot/app/due_bookings.h"
#include "services/slot/app/guarded_index.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/matching.h"
#include "services/slot/app/payment_confirmation.h"
#include "tests/simulation/index_ports.h"
#include "tests/simulation/slot_ports.h"

namespace houbu::simulation {

/// What all slot processes share, and who is told of what they do to it.
struct SlotStores {
  const Clock& clock;
  IdSource& ids;
  slot::MemoryRecord& record;
  SharedIndex& index;
  MemoryHomes& homes;
  WornRecord::Report report;
  WornIndex::Watch watch;
};

/// The use cases of one process, for one life of it.
struct SlotProcess {
  SlotProcess(Surroundings& around, const SlotStores& stores)
      : process(around.process()),
        record(stores.record, around, stores.report),
        homes(stores.homes, around),
        servers(stores.index, around),
        plain_index(stores.index, servers, around, stores.watch),
        tools{stores.clock, stores.ids,           record, record, record, record, fresh_index,
              index,        slot::BookingPolicy()},
        matching(tools, record, process.name()),
        keeper(slot::IndexKeeper::Tools{stores.clock, record, index, record, fresh_index,
                                        slot::KeeperPolicy()}) {}

  Process& process;
  WornRecord record;
  WornHomes homes;
  WornServers servers;
  WornIndex plain_index;
  slot::GuardedIndex index{slot::GuardedIndex::Tools{plain_index, servers, homes, {}, {}}};
  slot::FreshIndex fresh_index{index, record};
  BelievedStatements statements;
  slot::BookingTools tools;
  slot::BookingCreation creation{tools, statements};
  slot::Cancellation cancellation{tools};
  slot::PaymentConfirmation confirmation{tools};
  slot::DueBookings due_bookings{tools};
  slot::DemandLine line{tools, record};
  slot::Matching matching;
  slot::IndexKeeper keeper;
};

/// One process over all its lives: what a process remembers ends with it. What earlier lives left
/// behind stays until the end, as coroutines that wait for ever refer to it.
class SlotLives final {
 public:
  SlotLives(Surroundings& around, SlotStores stores) : around_(around), stores_(std::move(stores)) {
    Begin();
  }

  /// The process forgets everything, as when it is started again.
  void Begin() { lives_.push_back(std::make_unique<SlotProcess>(around_, stores_)); }

  /// Its life of this moment.
  SlotProcess& now() { return *lives_.back(); }

 private:
  Surroundings& around_;
  SlotStores stores_;
  std::vector<std::unique_ptr<SlotProcess>> lives_;
};

}  // namespace houbu::simulation
