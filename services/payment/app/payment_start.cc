#include "services/payment/app/payment_start.h"

#include <functional>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/app/races.h"
#include "services/payment/app/viewer.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {

namespace {

/// Money of who may not pay is not asked for; what they did before they could not stands.
absl::Status CheckMayPay(const StartCommand& command) {
  if (!command.barred_until.has_value()) return absl::OkStatus();
  const bool for_good = *command.barred_until == absl::InfiniteFuture();
  Metadata metadata;
  metadata["level"] = "PAYMENT";
  metadata["until"] =
      for_good ? ""
               : absl::FormatTime(absl::RFC3339_sec, *command.barred_until, absl::UTCTimeZone());
  return Refuse(kAccountRestricted, std::move(metadata));
}

}  // namespace

Task<std::string> PaymentStart::Start(StartCommand command, Mutation<Payment> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> known, co_await store_.FindAnswer(mutation.key));
  if (known.has_value()) co_return *std::move(known);
  CO_RETURN_IF_ERROR(CheckMayPay(command));
  const auto provider = providers_.find(command.channel);
  if (provider == providers_.end()) co_return Refuse(kChannelUnknown);
  Provider* const asked = provider->second;

  std::function<Task<Payment>()> attempt = [this, command] { return Intend(command); };
  ASSIGN_OR_CO_RETURN(const Payment intended,
                      co_await async::Retry<Payment>(kRaces, std::move(attempt)));
  OrderRequest request;
  request.payment = intended.id;
  request.amount = intended.amount;
  request.expire_time = intended.expire_time;
  request.payer_openid = command.payer.openid;
  ASSIGN_OR_CO_RETURN(OrderFact fact, co_await asked->Create(std::move(request)));
  fact.payer = command.payer.digest;
  const bool says_where = !fact.code_url.empty() || !fact.prepay_id.empty();
  if (fact.state == OrderFact::State::kOpen && !says_where && !HasPlaceToPay(intended)) {
    co_return Refuse(kPayerChosen);
  }

  co_return co_await facts_.Answer(command.id, std::move(fact), command.traceparent,
                                   std::move(mutation));
}

Task<Payment> PaymentStart::Intend(StartCommand command) {
  ASSIGN_OR_CO_RETURN(Payment payment, co_await store_.Load(command.id));
  const Viewer viewer{Viewer::Kind::kAccount, command.account};
  CO_RETURN_IF_ERROR(CheckVisible(payment, viewer));
  const absl::Time now = clock_.Now();
  const PaymentWay way{command.channel, command.payer.digest};
  ASSIGN_OR_CO_RETURN(Change change, houbu::payment::Start(std::move(payment), way, now));
  if (change.changed) ++change.payment.version;
  Payment after = change.payment;
  if (!change.changed) co_return after;
  Commitment commitment;
  commitment.now = now;
  commitment.traceparent = command.traceparent;
  CO_RETURN_IF_ERROR(co_await store_.Commit(std::move(change), std::move(commitment)));
  co_return after;
}

}  // namespace houbu::payment
