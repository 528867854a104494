#include "services/account/app/passenger_list.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {

Task<std::string> PassengerList::Add(std::string account, Entry entry,
                                     Mutation<Passenger> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = clock_.Now();
  Violations violations;
  const absl::CivilDay today = absl::ToCivilDay(now, absl::UTCTimeZone());
  CheckDocument(entry.document, entry.full_name, today, violations);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  Passenger passenger;
  passenger.id = ids_.Next("pg");
  passenger.account = std::move(account);
  passenger.full_name = std::move(entry.full_name);
  passenger.type = entry.type;
  passenger.document = std::move(entry.document);
  passenger.traveller_key = pseudonyms_.Of(passenger.document);
  passenger.created_at = now;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(passenger);
  absl::StatusOr<std::string> added =
      co_await passengers_.Add(std::move(passenger), std::move(reply), now);
  if (ReasonOf(added.status()) != kPassengerExists.reason) {
    co_return added;
  }
  // Added by this very request, sent twice? Then its answer is the answer.
  ASSIGN_OR_CO_RETURN(stored, co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  co_return added;
}

Task<std::string> PassengerList::Remove(std::string account, std::string id,
                                        Mutation<Passenger> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await passengers_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Passenger passenger, co_await passengers_.Load(account, id));
  const absl::Time now = clock_.Now();
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(passenger);
  co_return co_await passengers_.Remove(std::move(passenger), std::move(reply), now);
}

Task<Passenger> PassengerList::Get(std::string account, std::string id) {
  return passengers_.Load(std::move(account), std::move(id));
}

Task<std::vector<Passenger>> PassengerList::List(std::string account, std::string after,
                                                 int limit) {
  return passengers_.List(std::move(account), std::move(after), limit);
}

}  // namespace houbu::account
