#include "tools/houbuctl/cancellation.h"

#include <iostream>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "tools/houbuctl/watch.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::ctl {
namespace {

using slot::v1::RunCancellation;
using Stub = slot::v1::InventoryService::Stub;

/// What is asked for.
struct Asked {
  std::string run;
  std::string reason;
  bool watched = false;
};

bool IsDone(const RunCancellation& cancellation) {
  return cancellation.bookings_left() == 0 && cancellation.demands_left() == 0;
}

void Show(const Session& session, const RunCancellation& cancellation) {
  if (session.json()) {
    const nlohmann::json shown = {{"run", cancellation.run()},
                                  {"reason", cancellation.reason()},
                                  {"bookings", cancellation.bookings()},
                                  {"bookings_left", cancellation.bookings_left()},
                                  {"demands", cancellation.demands()},
                                  {"demands_left", cancellation.demands_left()},
                                  {"refund_batch", cancellation.refund_batch()}};
    std::cout << shown.dump() << std::endl;
    return;
  }
  std::cout << cancellation.run() << " is cancelled: of " << cancellation.bookings() << " bookings "
            << cancellation.bookings_left() << " are left, of " << cancellation.demands()
            << " who waited " << cancellation.demands_left()
            << "; refunds: " << cancellation.refund_batch() << std::endl;
}

Exit Conclude(const absl::Status& status) {
  if (status.ok()) return Exit::kOk;
  std::cerr << "houbuctl: " << Explain(status) << std::endl;
  return ExitOf(status);
}

absl::Status Cancel(const Session& session, const Asked& asked) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Slot());
  Stub stub(channel);
  slot::v1::CancelRunRequest request;
  request.set_request_id(NewRequestId());
  request.set_run(asked.run);
  request.set_reason(asked.reason);
  ASSIGN_OR_RETURN(const RunCancellation cancelled, session.Call(stub, &Stub::CancelRun, request));
  Show(session, cancelled);
  return absl::OkStatus();
}

absl::Status Follow(const Session& session, const Asked& asked) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Slot());
  Stub stub(channel);
  slot::v1::GetRunCancellationRequest request;
  request.set_run(asked.run);
  Look<RunCancellation> look;
  look.ask = [&] { return session.Call(stub, &Stub::GetRunCancellation, request); };
  look.show = [&session](const RunCancellation& cancellation) { Show(session, cancellation); };
  look.is_done = IsDone;
  return LookAt(look, asked.watched).status();
}

}  // namespace

void AddCancellation(CLI::App& topic, Session& session, std::vector<Command>& commands) {
  auto cancelled = std::make_shared<Asked>();
  Command cancel;
  cancel.verb = topic.add_subcommand(
      "cancel-run", "Cancels a run for good: bookings are cancelled and refunded whole.");
  cancel.verb->add_option("RUN", cancelled->run, "The run, runs/{run}.")->required();
  cancel.verb->add_option("--reason", cancelled->reason, "Why, as travellers are told.")
      ->required();
  cancel.run = [&session, cancelled] { return Conclude(Cancel(session, *cancelled)); };
  commands.push_back(std::move(cancel));

  auto followed = std::make_shared<Asked>();
  Command follow;
  follow.verb = topic.add_subcommand("cancellation", "Says how far the cancellation of a run is.");
  follow.verb->add_option("RUN", followed->run, "The run, runs/{run}.")->required();
  follow.verb->add_flag("--watch", followed->watched, "Looks again until nothing is left.");
  follow.run = [&session, followed] { return Conclude(Follow(session, *followed)); };
  commands.push_back(std::move(follow));
}

}  // namespace houbu::ctl
