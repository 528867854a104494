#include "tools/houbuctl/refunds.h"

#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "tools/houbuctl/watch.h"

#include "houbu/payment/v1/payment.grpc.pb.h"

namespace houbu::ctl {
namespace {

using payment::v1::RefundBatch;
using Line = RefundBatch::Line;
using Stub = payment::v1::PaymentService::Stub;

/// What is asked for.
struct Asked {
  std::string batch;
  bool watched = false;
};

std::string NameOf(Line::Stage stage) {
  switch (stage) {
    case Line::STAGE_DECIDED:
      return "decided";
    case Line::STAGE_ASKED:
      return "asked";
    case Line::STAGE_SUCCEEDED:
      return "succeeded";
    case Line::STAGE_FAILED:
      return "failed";
    default:
      return "unknown";
  }
}

std::int64_t CountOf(const RefundBatch& batch, Line::Stage stage) {
  std::int64_t count = 0;
  for (const Line& line : batch.lines()) count += line.stage() == stage ? line.refunds() : 0;
  return count;
}

bool IsDone(const RefundBatch& batch) {
  return CountOf(batch, Line::STAGE_DECIDED) + CountOf(batch, Line::STAGE_ASKED) == 0;
}

std::string OldestOf(const RefundBatch& batch) {
  if (!batch.has_oldest_pending_time()) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ",
                          absl::FromUnixSeconds(batch.oldest_pending_time().seconds()),
                          absl::UTCTimeZone());
}

void ShowJson(const RefundBatch& batch) {
  nlohmann::json shown = {{"batch", batch.batch()}, {"amounts", nlohmann::json::array()}};
  for (const Line::Stage stage :
       {Line::STAGE_DECIDED, Line::STAGE_ASKED, Line::STAGE_SUCCEEDED, Line::STAGE_FAILED}) {
    shown[NameOf(stage)] = CountOf(batch, stage);
  }
  for (const Line& line : batch.lines()) {
    shown["amounts"].push_back({{"stage", NameOf(line.stage())},
                                {"currency", line.amount().currency_code()},
                                {"minor_units", line.amount().minor_units()}});
  }
  shown["oldest_pending"] = OldestOf(batch);
  std::cout << shown.dump() << std::endl;
}

void ShowText(const RefundBatch& batch) {
  std::int64_t all = 0;
  for (const Line& line : batch.lines()) all += line.refunds();
  std::string text = absl::StrCat(batch.batch(), ": ", CountOf(batch, Line::STAGE_SUCCEEDED),
                                  " of ", all, " refunds succeeded");
  for (const Line& line : batch.lines()) {
    absl::StrAppend(&text, "; ", line.refunds(), " ", NameOf(line.stage()), ", ",
                    line.amount().minor_units(), " ", line.amount().currency_code());
  }
  const std::string oldest = OldestOf(batch);
  if (!oldest.empty()) absl::StrAppend(&text, "; the oldest pending of ", oldest);
  std::cout << text << std::endl;
}

Exit Run(const Session& session, const Asked& asked) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = session.Payment();
  if (!channel.ok()) {
    std::cerr << "houbuctl: " << Explain(channel.status()) << std::endl;
    return ExitOf(channel.status());
  }
  Stub stub(*channel);
  payment::v1::GetRefundBatchRequest request;
  request.set_batch(asked.batch);
  Look<RefundBatch> look;
  look.ask = [&] { return session.Call(stub, &Stub::GetRefundBatch, request); };
  look.show = [&session](const RefundBatch& batch) {
    session.json() ? ShowJson(batch) : ShowText(batch);
  };
  look.is_done = IsDone;
  const absl::StatusOr<RefundBatch> last = LookAt(look, asked.watched);
  if (!last.ok()) {
    std::cerr << "houbuctl: " << Explain(last.status()) << std::endl;
    return ExitOf(last.status());
  }
  return CountOf(*last, Line::STAGE_FAILED) == 0 ? Exit::kOk : Exit::kFound;
}

}  // namespace

void AddRefunds(CLI::App& topic, Session& session, std::vector<Command>& commands) {
  auto asked = std::make_shared<Asked>();
  Command command;
  command.verb = topic.add_subcommand(
      "refunds", "Says how far the refunds of a batch are; exits 1 when some failed.");
  command.verb->add_option("BATCH", asked->batch, "The batch, e.g. runs/{run}.")->required();
  command.verb->add_flag("--watch", asked->watched, "Looks again until none is pending.");
  command.run = [&session, asked] { return Run(session, *asked); };
  commands.push_back(std::move(command));
}

}  // namespace houbu::ctl
