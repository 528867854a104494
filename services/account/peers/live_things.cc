#include "services/account/peers/live_things.h"

#include <optional>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

using AsyncStub = v1::ErasureBlockerService::Stub::async_interface;
using ListMethod = void (AsyncStub::*)(grpc::ClientContext*, const v1::ListErasureBlockersRequest*,
                                       v1::ListErasureBlockersResponse*,
                                       std::function<void(grpc::Status)>);

constexpr ListMethod kList = &AsyncStub::ListErasureBlockers;
constexpr absl::Duration kPatience = absl::Seconds(3);

/// What a service that is newer than this one names is under way, whatever it is.
BlockerKind KindOf(v1::ErasureBlocker::Kind kind) {
  switch (kind) {
    case v1::ErasureBlocker::KIND_WAITLIST_ORDER:
      return BlockerKind::kWaitlistOrder;
    case v1::ErasureBlocker::KIND_PAYMENT:
      return BlockerKind::kPayment;
    case v1::ErasureBlocker::KIND_REFUND:
      return BlockerKind::kRefund;
    default:
      return BlockerKind::kBooking;
  }
}

}  // namespace

AskedServices::AskedServices(const std::vector<rpc::Channel>& channels) {
  for (const rpc::Channel& channel : channels) {
    clients_.emplace_back(channel);
  }
}

Task<std::vector<ErasureBlocker>> AskedServices::ListOf(std::string account) {
  std::vector<ErasureBlocker> blockers;
  for (const auto& client : clients_) {
    v1::ListErasureBlockersRequest request;
    request.set_account(account);
    rpc::CallContext context = rpc::Within(kPatience);
    ASSIGN_OR_CO_RETURN(const v1::ListErasureBlockersResponse response,
                        co_await client.Call(kList, std::move(request), std::move(context)));
    for (const v1::ErasureBlocker& wire : response.blockers()) {
      blockers.push_back({wire.name(), KindOf(wire.kind())});
    }
  }
  co_return blockers;
}

}  // namespace houbu::account
