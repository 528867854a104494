// The waitlist service: who waits for what, until when, prepaid.
#include "libs/base/status_macros.h"
#include "libs/process/account_traces.h"
#include "libs/process/process.h"
#include "services/waitlist/app/order_explainer.h"
#include "services/waitlist/app/order_life.h"
#include "services/waitlist/app/order_placement.h"
#include "services/waitlist/peers/effect_calls.h"
#include "services/waitlist/peers/slot_line.h"
#include "services/waitlist/peers/slot_quotes.h"
#include "services/waitlist/rpc/listener_handlers.h"
#include "services/waitlist/rpc/order_handlers.h"
#include "services/waitlist/storage/account_traces.h"
#include "services/waitlist/storage/postgres_order_store.h"
#include "services/waitlist/storage/schema.h"

namespace houbu::waitlist {
namespace {

/// What an operator sets.
struct WaitlistConfig {
  process::CommonConfig common;
  WaitlistPolicy policy;

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindPeer(binder, "slot");
    common.BindPeer(binder, "payment");
    common.BindPeer(binder, "notification");
    binder.Optional("policy.days_max", &policy.days_max, "Boarding days of one order.",
                    process::Range{.least = 1, .most = 30});
    binder.Optional("policy.choices_per_day_max", &policy.choices_per_day_max,
                    "Choices for each day.", process::Range{.least = 1, .most = 20});
    binder.Optional("policy.pay_window", &policy.pay_window,
                    "How long an order waits for its "
                    "prepayment.");
    binder.Optional("policy.closes_before", &policy.closes_before,
                    "The latest deadline, before the last choice departs.");
  }
};

absl::StatusOr<process::Parts> BuildWaitlist(process::Environment& env,
                                             const WaitlistConfig& config) {
  process::Parts parts;
  auto& store = parts.Own<PostgresOrderStore>(env.postgres(), CallOf);
  auto& slots = parts.Own<SlotQuotes>(env.peer("slot"));
  auto& line = parts.Own<SlotLine>(env.peer("slot"));

  auto& placement = parts.Own<OrderPlacement>(store, slots, env.clock(), env.ids(), config.policy);
  auto& life = parts.Own<OrderLife>(store, env.clock());
  auto& explainer = parts.Own<OrderExplainer>(store, line);

  parts.Serve<OrderHandlers>(env.seam(), OrderHandlers::UseCases{placement, life, explainer},
                             env.trust(), env.clock());
  parts.Serve<PaymentListenerHandlers>(env.seam(), life);
  parts.Serve<MatchListenerHandlers>(env.seam(), life);
  process::ServeAccountTraces(parts, env,
                              {kLiveOfAccount, {kForgetAccount.begin(), kForgetAccount.end()}});
  parts.loops.push_back({"expiry", absl::Milliseconds(250), [&life] { return life.ExpireDue(); }});
  return parts;
}

}  // namespace
}  // namespace houbu::waitlist

int main(int argc, char** argv) {
  houbu::process::Service<houbu::waitlist::WaitlistConfig> service;
  service.name = "waitlist";
  service.migrations = houbu::waitlist::kMigrations;
  service.build = houbu::waitlist::BuildWaitlist;
  return houbu::process::Run(argc, argv, service);
}
