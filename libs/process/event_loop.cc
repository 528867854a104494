#include "libs/process/event_loop.h"

#include <cstdlib>
#include <exception>

#include "libs/observe/log.h"
#include "libs/process/process.h"

namespace houbu::process {

void RunEventLoop(boost::asio::io_context& loop) {
  try {
    loop.run();
    return;
  } catch (const std::exception& bug) {
    observe::Log(observe::Level::kError, "crash", {observe::Field("what", bug.what())});
  } catch (...) {
    observe::Log(observe::Level::kError, "crash", {observe::Field("what", "unknown exception")});
  }
  std::_Exit(static_cast<int>(ExitCode::kCrash));
}

}  // namespace houbu::process
