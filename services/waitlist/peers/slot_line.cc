#include "services/waitlist/peers/slot_line.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/wire.h"

namespace houbu::waitlist {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(3);

BlockingLeg LegOf(const slot::v1::DemandExplanation::Leg& wire) {
  BlockingLeg leg;
  leg.from = wire.from();
  leg.from_name = wire.from_display_name();
  leg.to = wire.to();
  leg.to_name = wire.to_display_name();
  leg.free = wire.free();
  leg.needed = wire.needed();
  return leg;
}

}  // namespace

Task<std::optional<LinePosition>> SlotLine::Find(std::string demand) {
  slot::v1::ExplainDemandRequest request;
  request.set_name(absl::StrCat("demands/", demand));
  rpc::CallContext context = rpc::Within(kPatience);
  constexpr auto kMethod = static_cast<void (slot::v1::DemandService::Stub::async_interface::*)(
      grpc::ClientContext*, const slot::v1::ExplainDemandRequest*, slot::v1::DemandExplanation*,
      std::function<void(grpc::Status)>)>(
      &slot::v1::DemandService::Stub::async_interface::ExplainDemand);
  const absl::StatusOr<slot::v1::DemandExplanation> answer =
      co_await client_.Call(kMethod, std::move(request), std::move(context));
  std::optional<LinePosition> position;
  // The call that puts it in line may be on its way still.
  if (absl::IsNotFound(answer.status())) co_return position;
  if (!answer.ok()) co_return answer.status();
  if (answer->state() != slot::v1::Demand::STATE_WAITING) co_return position;
  position.emplace();
  position->unit_class_code = answer->unit_class_code();
  position->passengers = answer->passengers();
  position->rank = answer->rank();
  position->in_the_way = answer->in_the_way();
  for (const auto& leg : answer->blocking_legs()) position->blocks.push_back(LegOf(leg));
  position->fragmented = answer->fragmented();
  position->fitting = answer->fitting();
  ASSIGN_OR_CO_RETURN(position->as_of, rpc::FromWire(answer->as_of()));
  co_return position;
}

}  // namespace houbu::waitlist
