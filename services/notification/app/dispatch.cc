#include "services/notification/app/dispatch.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::notification {
namespace {

constexpr int kBatch = 32;
constexpr absl::Duration kLease = absl::Minutes(2);

}  // namespace

Task<void> Dispatch::SendDue() {
  while (true) {
    const absl::Time now = clock_.Now();
    ASSIGN_OR_CO_RETURN(std::vector<Delivery> due,
                        co_await store_.Claim(now, now + kLease, kBatch));
    if (due.empty()) {
      co_return absl::OkStatus();
    }
    for (Delivery& delivery : due) {
      CO_RETURN_IF_ERROR(co_await SendOne(std::move(delivery)));
    }
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
