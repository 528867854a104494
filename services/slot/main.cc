// The slot service: runs, their inventory by leg, bookings, and the line of demands.
#include "libs/process/process.h"
#include "services/slot/assembly.h"

int main(int argc, char** argv) {
  return houbu::process::Run(argc, argv, houbu::slot::SlotService());
}
