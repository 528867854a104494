#include "services/waitlist/app/order_placement.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::waitlist {

Task<std::string> OrderPlacement::Place(Placement placement, Mutation<Order> mutation) {
  RequestKey key = mutation.key;
  absl::StatusOr<std::string> placed =
      co_await PlaceOnce(std::move(placement), std::move(mutation));
  if (placed.ok()) {
    co_return placed;
  }
  // What stood in the way may be this very request, sent twice: then its answer is the answer.
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await store_.FindAnswer(std::move(key)));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  co_return placed;
}

Task<std::string> OrderPlacement::PlaceOnce(Placement placement, Mutation<Order> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  CO_RETURN_IF_ERROR(CheckWishes(placement.wishes, policy_));
  ASSIGN_OR_CO_RETURN(const std::optional<Order> live, co_await store_.LoadLive(placement.account));
  if (live.has_value()) {
    co_return Refuse(kLiveOrderExists, {{"order", NameOf(*live)}});
  }
  Opening opening;
  ASSIGN_OR_CO_RETURN(opening.application.choices, co_await QuoteAll(std::move(placement.wishes)));
  opening.application.travellers = std::move(placement.travellers);
  opening.application.deadline = placement.deadline;
  const absl::Time now = clock_.Now();
  CO_RETURN_IF_ERROR(CheckApplication(opening.application, now, policy_));
  opening.id = NewId<OrderTag>(ids_);
  opening.account = std::move(placement.account);
  opening.payment = absl::StrCat("payments/", ids_.Next("py"));
  ASSIGN_OR_CO_RETURN(Step step, Open(std::move(opening), now, policy_));
  step.order.version += 1;
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(step.order);
  co_return co_await store_.Save(std::move(step), std::move(reply), now);
}

Task<std::optional<std::string>> OrderPlacement::FindAnswer(RequestKey key) {
  return store_.FindAnswer(std::move(key));
}

Task<std::vector<Choice>> OrderPlacement::QuoteAll(std::vector<Wish> wishes) {
  std::vector<Choice> choices;
  for (Wish& wish : wishes) {
    Choice choice;
    ASSIGN_OR_CO_RETURN(choice.quote, co_await slots_.Ask(wish));
    choice.wish = std::move(wish);
    choice.demand = ids_.Next("dm");
    choices.push_back(std::move(choice));
  }
  co_return choices;
}

}  // namespace houbu::waitlist
