#include "services/waitlist/peers/slot_quotes.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/wire.h"

namespace houbu::waitlist {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(3);

}  // namespace

Task<Quote> SlotQuotes::Ask(Wish wish) {
  slot::v1::QuoteDemandRequest request;
  request.mutable_spec()->set_run(wish.run);
  request.mutable_spec()->set_class_code(wish.class_code);
  request.mutable_spec()->set_from(wish.from);
  request.mutable_spec()->set_to(wish.to);
  rpc::CallContext context = rpc::Within(kPatience);
  constexpr auto kMethod = static_cast<void (slot::v1::DemandService::Stub::async_interface::*)(
      grpc::ClientContext*, const slot::v1::QuoteDemandRequest*, slot::v1::DemandQuote*,
      std::function<void(grpc::Status)>)>(
      &slot::v1::DemandService::Stub::async_interface::QuoteDemand);
  ASSIGN_OR_CO_RETURN(const slot::v1::DemandQuote answer,
                      co_await client_.Call(kMethod, std::move(request), std::move(context)));
  Quote quote;
  ASSIGN_OR_CO_RETURN(quote.fare, rpc::FromWire(answer.fare()));
  ASSIGN_OR_CO_RETURN(quote.departs_at, rpc::FromWire(answer.departure_time()));
  ASSIGN_OR_CO_RETURN(quote.boarding_day, rpc::FromWire(answer.boarding_date()));
  quote.origin_city = answer.origin_city();
  quote.destination_city = answer.destination_city();
  quote.display_name = answer.display_name();
  quote.time_zone = answer.time_zone();
  quote.free = answer.free();
  co_return quote;
}

}  // namespace houbu::waitlist
