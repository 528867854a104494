/// The turning of the event loop, and what a bug in it does.
#pragma once

#include <boost/asio/io_context.hpp>

namespace houbu::process {

/// Runs the loop until it is stopped. An exception that reaches it is a bug: it is logged and the
/// process ends at once with ExitCode::kCrash, since objects cannot be taken apart while other
/// threads still call into them.
void RunEventLoop(boost::asio::io_context& loop);

}  // namespace houbu::process
