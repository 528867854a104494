#include "services/notification/app/dispatch.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::notification {
namespace {

/// Longer than any carrier takes to answer or to be given up.
constexpr absl::Duration kLease = absl::Seconds(30);

}  // namespace

Task<void> Dispatch::SendDue(Channel channel) {
  while (true) {
    const absl::Time now = clock_.Now();
    ASSIGN_OR_CO_RETURN(std::optional<Delivery> due,
                        co_await store_.Claim(channel, now, now + kLease));
    if (!due.has_value()) {
      co_return absl::OkStatus();
    }
    CO_RETURN_IF_ERROR(co_await SendOne(*std::move(due)));
  }
}

Task<void> Dispatch::SendOne(Delivery delivery) {
  Carrier& carrier = delivery.channel == Channel::kSms ? carriers_.sms : carriers_.email;
  const absl::Status carried = co_await carrier.Carry(delivery);
  const absl::Time now = clock_.Now();
  Delivery outcome = carried.ok() ? Delivered(std::move(delivery), now)
                                  : NotDelivered(std::move(delivery), carried, now, policy_);
  CO_RETURN_IF_ERROR(co_await store_.Save(std::move(outcome)));
  co_return absl::OkStatus();
}

}  // namespace houbu::notification
