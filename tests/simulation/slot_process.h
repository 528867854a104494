/// One of slot's processes: its use cases, on a record and an index that it shares with the others.
#pragma once

#include <string>
#include <utility>

#include "services/slot/app/booking_creation.h"
#include "services/slot/app/cancellation.h"
#include "services/slot/app/demand_line.h"
#include "services/slot/app/due_bookings.h"
#include "services/slot/app/index_keeper.h"
#include "services/slot/app/matching.h"
#include "services/slot/app/payment_confirmation.h"
#include "tests/simulation/slot_ports.h"

namespace houbu::simulation {

/// What all slot processes share, and who is told of what they do to it.
struct SlotStores {
  const Clock& clock;
  IdSource& ids;
  slot::MemoryRecord& record;
  SharedIndex& index;
  WornRecord::Report report;
  WornIndex::Watch watch;
};

/// The use cases of one process.
struct SlotProcess {
  SlotProcess(Surroundings& around, const SlotStores& stores)
      : process(around.process()),
        record(stores.record, around, stores.report),
        index(stores.index, around, stores.watch),
        tools{stores.clock, stores.ids,           record, record, record, record, fresh_index,
              index,        slot::BookingPolicy()},
        matching(tools, record, process.name()),
        keeper(slot::IndexKeeper::Tools{stores.clock, record, index, record, fresh_index,
                                        slot::KeeperPolicy()}) {}

  Process& process;
  WornRecord record;
  WornIndex index;
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

}  // namespace houbu::simulation
