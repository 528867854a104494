/// The payment service: its settings and how its parts are put together.
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/http/server.h"
#include "libs/process/account_traces.h"
#include "libs/process/process.h"
#include "libs/secrets/keys.h"
#include "services/payment/alipay_parts.h"
#include "services/payment/app/inquiry.h"
#include "services/payment/app/refund_dispatch.h"
#include "services/payment/figures_parts.h"
#include "services/payment/peers/effect_calls.h"
#include "services/payment/peers/sandbox_notices.h"
#include "services/payment/peers/sandbox_provider.h"
#include "services/payment/reconciliation_parts.h"
#include "services/payment/rpc/callback_endpoint.h"
#include "services/payment/rpc/ledger_handlers.h"
#include "services/payment/rpc/payment_handlers.h"
#include "services/payment/storage/account_traces.h"
#include "services/payment/storage/policy_file.h"
#include "services/payment/storage/postgres_money_reader.h"
#include "services/payment/storage/postgres_payment_store.h"
#include "services/payment/storage/schema.h"
#include "services/payment/storage/shipped_policies.h"
#include "services/payment/wechat_pay_parts.h"

namespace houbu::payment {
namespace {

struct PaymentConfig {
  process::CommonConfig common;
  std::string policy_file;
  std::string callbacks_address = "127.0.0.1:7454";
  std::string callbacks_url = "http://127.0.0.1:7454/callbacks/sandbox";
  std::string provider_url = "http://127.0.0.1:7462";
  std::string provider_secret_file;
  absl::Duration provider_timeout = absl::Seconds(5);
  int provider_refund_rate_max = 100;
  AlipayConfig alipay;
  WechatPayConfig wechat_pay;
  ReconciliationConfig reconciliation;
  absl::Duration inquiry_interval = absl::Seconds(1);
  absl::Duration refund_interval = absl::Milliseconds(250);
  absl::Duration figures_interval = absl::Minutes(1);
  absl::Duration refund_alarm_after = absl::Hours(24);

  void Bind(process::Binder& binder) {
    common.Bind(binder);
    common.BindPeer(binder, "slot");
    common.BindPeer(binder, "waitlist");
    common.BindPeer(binder, "notification");
    binder.OptionalFile("policy.file", &policy_file,
                        "Fee policies; without it those that are shipped.");
    binder.Optional("callbacks.address", &callbacks_address,
                    "Where providers' callbacks are taken, plain HTTP.");
    binder.Optional("callbacks.url", &callbacks_url,
                    "Where the sandbox provider is told to call back.");
    binder.Optional("provider.url", &provider_url, "The sandbox provider.");
    binder.File("provider.secret_file", &provider_secret_file,
                "The secret shared with the sandbox provider, 64 hex digits.");
    binder.Optional("provider.timeout", &provider_timeout, "How long one exchange may take.");
    binder.Optional("provider.refund_rate_max", &provider_refund_rate_max,
                    "Requests about refunds a second, of the sandbox provider.");
    alipay.Bind(binder);
    wechat_pay.Bind(binder);
    reconciliation.Bind(binder);
    binder.Optional("loops.inquiry_interval", &inquiry_interval,
                    "How often payments due for an inquiry are looked for.");
    binder.Optional("loops.refund_interval", &refund_interval,
                    "How often refunds due to be asked for are looked for.");
    binder.Optional("loops.figures_interval", &figures_interval,
                    "How often the figures of money are read from the record.");
    binder.Optional("refunds.alarm_after", &refund_alarm_after,
                    "How long a refund may take before it counts as stuck.");
  }
};

void AddInquiry(process::Parts& parts, absl::Duration interval, Inquiry& inquiry) {
  process::Loop asking;
  asking.name = "inquiry";
  asking.interval = interval;
  asking.round = [&inquiry] { return inquiry.Round(); };
  parts.loops.push_back(std::move(asking));
}

// A loop for each channel: one whose provider is away keeps no other waiting.
void AddRefundDispatch(process::Parts& parts, absl::Duration interval, Channel channel,
                       RefundDispatch& refunds) {
  process::Loop refunding;
  refunding.name = absl::StrCat("refund_dispatch_", NameOf(channel));
  refunding.interval = interval;
  refunding.round = [&refunds] { return refunds.Round(); };
  parts.loops.push_back(std::move(refunding));
}

void AddCallbackDoor(process::Parts& parts, process::Environment& env, const PaymentConfig& config,
                     const Channels& channels, FactApplication& facts) {
  http::ServerOptions options;
  options.address = config.callbacks_address;
  auto server = std::make_shared<http::Server>(env.executor(), options);
  for (const auto& [channel, reader] : channels.readers) {
    auto& endpoint =
        parts.Own<CallbackEndpoint>(*reader, facts, env.clock(), CountInto(env.metrics(), channel));
    server->Handle(
        "POST", absl::StrCat("/callbacks/", NameOf(channel)),
        [&endpoint](http::Request request) { return endpoint.Take(std::move(request)); });
  }
  parts.http_servers.push_back(std::move(server));
}

// Offers a channel, its calls measured. INVALID_ARGUMENT, for the operator, for a pace that is
// none.
absl::Status Offer(process::Parts& parts, process::Environment& env, Channels& channels,
                   Channel channel, ChannelParts built) {
  RETURN_IF_ERROR(CheckRate(channel, built.refund_rate_max));
  built.provider =
      &parts.Own<MeasuredProvider>(*built.provider, MeasureInto(env.metrics(), channel));
  channels.Add(channel, built);
  return absl::OkStatus();
}

absl::StatusOr<Channels> BuildChannels(process::Parts& parts, process::Environment& env,
                                       const PaymentConfig& config) {
  ASSIGN_OR_RETURN(const secrets::Key secret, secrets::LoadKeyFile(config.provider_secret_file));
  SandboxOptions options;
  options.url = config.provider_url;
  options.notify_url = config.callbacks_url;
  options.timeout = config.provider_timeout;
  ChannelParts sandbox;
  sandbox.provider = &parts.Own<SandboxProvider>(OwnClient(parts), env.clock(), secret, options);
  sandbox.reader = &parts.Own<SandboxNotices>(secret);
  sandbox.refund_rate_max = config.provider_refund_rate_max;
  Channels channels;
  RETURN_IF_ERROR(Offer(parts, env, channels, Channel::kSandbox, sandbox));
  if (config.alipay.IsOffered()) {
    ASSIGN_OR_RETURN(const ChannelParts built, BuildAlipay(parts, env, config.alipay));
    RETURN_IF_ERROR(Offer(parts, env, channels, Channel::kAlipay, built));
  }
  if (config.wechat_pay.IsOffered()) {
    ASSIGN_OR_RETURN(const ChannelParts built, BuildWechatPay(parts, env, config.wechat_pay));
    RETURN_IF_ERROR(Offer(parts, env, channels, Channel::kWechatPay, built));
  }
  return channels;
}

absl::StatusOr<process::Parts> BuildPayment(process::Environment& env,
                                            const PaymentConfig& config) {
  ASSIGN_OR_RETURN(PolicyBook loaded, config.policy_file.empty()
                                          ? ParsePolicies(kShippedPolicies, "the shipped policies")
                                          : LoadPolicies(config.policy_file));
  process::Parts parts;
  ASSIGN_OR_RETURN(const Channels channels, BuildChannels(parts, env, config));
  const Providers& providers = channels.providers;
  const PolicyBook& policies = parts.Own<PolicyBook>(std::move(loaded));
  const Clock& clock = env.clock();
  PaymentStore& store = parts.Own<PostgresPaymentStore>(env.postgres(), EncodeCall);

  auto& facts = parts.Own<FactApplication>(store, clock, providers);
  auto& opening = parts.Own<PaymentOpening>(store, clock, policies);
  auto& start = parts.Own<PaymentStart>(store, clock, providers, facts);
  auto& closing = parts.Own<PaymentClosing>(store, clock, providers, facts);
  auto& refunding = parts.Own<Refunding>(store, clock, policies);
  auto& settlement = parts.Own<Settlement>(store, clock);
  auto& change_quoting = parts.Own<ChangeQuoting>(store, clock, policies);
  auto& lookup = parts.Own<PaymentLookup>(store);
  const auto& bridge = parts.Own<PayerBridge>(clock, channels.bridges);
  auto& inquiry = parts.Own<Inquiry>(store, clock, providers, facts, closing);

  const PaymentUseCases use_cases{opening,        start,      closing, refunding,
                                  change_quoting, settlement, lookup,  bridge};
  parts.Serve<PaymentHandlers>(env.seam(), use_cases);
  parts.Serve<LedgerHandlers>(env.seam(), lookup);
  process::ServeAccountTraces(parts, env,
                              {kLiveOfAccount, {kForgetAccount.begin(), kForgetAccount.end()}});
  AddReconciliation(parts, env, config.reconciliation,
                    ReconciliationNeeds{store, facts, providers, channels.bills});
  AddCallbackDoor(parts, env, config, channels, facts);
  AddInquiry(parts, config.inquiry_interval, inquiry);
  for (const auto& [channel, provider] : providers) {
    RefundDispatchOptions pace;
    pace.rate_max = channels.refund_rates.at(channel);
    pace.concurrency_max = kRefundsUnderWayMax;
    pace.watch = CountRefundRequests(env.metrics(), channel);
    auto& refunds = parts.Own<RefundDispatch>(store, clock, channel, *provider, facts, pace);
    AddRefundDispatch(parts, config.refund_interval, channel, refunds);
  }
  AddStuckWatch(parts, env, store, config.refund_alarm_after);
  auto& money = parts.Own<PostgresMoneyReader>(env.postgres());
  AddMoneyWatch(parts, env, money, providers, config.figures_interval);
  return parts;
}

}  // namespace
}  // namespace houbu::payment

int main(int argc, char** argv) {
  houbu::process::Service<houbu::payment::PaymentConfig> service;
  service.name = "payment";
  service.migrations = houbu::payment::kMigrations;
  service.build = houbu::payment::BuildPayment;
  return houbu::process::Run(argc, argv, service);
}
