#include "services/account/rpc/passenger_handlers.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/passenger_wire.h"

namespace houbu::account {
namespace {

/// How the answer to a change is written.
Mutation<Passenger> Rendering(const rpc::Call& call, absl::CivilDay today) {
  return rpc::Answering<Passenger>(
      call, [today](const Passenger& passenger) { return ToWire(passenger, today); });
}

}  // namespace

Task<v1::Passenger> PassengerHandlers::Add(const rpc::Call& call,
                                           const v1::CreatePassengerRequest& request) {
  ASSIGN_OR_CO_RETURN(Entry entry, FromWire(request));
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "parent", request.parent(), kAccountNotFound));
  Mutation<Passenger> mutation = Rendering(call, passengers_.Today());
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await passengers_.Add(std::move(account), std::move(entry), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Passenger>(answer);
}

Task<v1::Passenger> PassengerHandlers::Show(const rpc::Call& call,
                                            const v1::GetPassengerRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id,
                      OwnPassenger(call, "name", request.name(), kPassengerNotFound));
  ASSIGN_OR_CO_RETURN(const Passenger passenger,
                      co_await passengers_.Get(CallerId(call), std::move(id)));
  co_return ToWire(passenger, passengers_.Today());
}

Task<v1::ListPassengersResponse> PassengerHandlers::ShowList(
    const rpc::Call& call, const v1::ListPassengersRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "parent", request.parent(), kAccountNotFound));
  Violations violations;
  const std::string filter = absl::StrCat("passengers/", account);
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, filter, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<Passenger> passengers,
                      co_await passengers_.List(std::move(account), std::move(after), size));
  v1::ListPassengersResponse response;
  for (const Passenger& passenger : passengers) {
    *response.add_passengers() = ToWire(passenger, passengers_.Today());
  }
  if (static_cast<int>(passengers.size()) == size) {
    response.set_next_page_token(rpc::EncodePageToken(filter, passengers.back().id));
  }
  co_return response;
}

Task<v1::Passenger> PassengerHandlers::Remove(const rpc::Call& call,
                                              const v1::DeletePassengerRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id,
                      OwnPassenger(call, "name", request.name(), kPassengerNotFound));
  Mutation<Passenger> mutation = Rendering(call, passengers_.Today());
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await passengers_.Remove(CallerId(call), std::move(id), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Passenger>(answer);
}

Task<v1::Passenger> PassengerHandlers::Change(const rpc::Call& call,
                                              const v1::UpdatePassengerRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id,
                      OwnPassenger(call, "name", request.name(), kPassengerNotFound));
  ASSIGN_OR_CO_RETURN(PassengerChange change, FromWire(request));
  Mutation<Passenger> mutation = Rendering(call, passengers_.Today());
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await passengers_.Update(CallerId(call), std::move(id), std::move(change),
                                                  std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Passenger>(answer);
}

Task<v1::Passenger> PassengerHandlers::AddDocument(const rpc::Call& call,
                                                   const v1::AddPassengerDocumentRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string id,
                      OwnPassenger(call, "parent", request.parent(), kPassengerNotFound));
  ASSIGN_OR_CO_RETURN(DocumentEntry entry, FromWire(request));
  Mutation<Passenger> mutation = Rendering(call, passengers_.Today());
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await passengers_.AddDocument(CallerId(call), std::move(id),
                                                       std::move(entry), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Passenger>(answer);
}

Task<v1::Passenger> PassengerHandlers::RemoveDocument(
    const rpc::Call& call, const v1::RemovePassengerDocumentRequest& request) {
  Violations violations;
  std::vector<std::string> ids =
      rpc::RequireName(violations, "name", request.name(),
                       "accounts/{account}/passengers/{passenger}/documents/{document}");
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (ids.front() != CallerId(call)) {
    co_return Refuse(kDocumentNotFound);
  }
  Mutation<Passenger> mutation = Rendering(call, passengers_.Today());
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await passengers_.RemoveDocument(CallerId(call), std::move(ids[1]),
                                                          std::move(ids[2]), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Passenger>(answer);
}

}  // namespace houbu::account
