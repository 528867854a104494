#include "services/waitlist/domain/rules.h"

#include <algorithm>
#include <compare>
#include <map>

#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"

namespace houbu::waitlist {
namespace {

/// "choices[1].run".
std::string Field(std::size_t index, absl::string_view name = "") {
  return name.empty() ? absl::StrCat("choices[", index, "]")
                      : absl::StrCat("choices[", index, "].", name);
}

void CheckCities(const std::vector<Choice>& choices, Violations& violations) {
  const Quote& first = choices.front().quote;
  for (std::size_t i = 1; i < choices.size(); ++i) {
    if (choices[i].quote.origin_city != first.origin_city) {
      violations.Add(Field(i, "from"), "must be in the same city as the first choice's");
    }
    if (choices[i].quote.destination_city != first.destination_city) {
      violations.Add(Field(i, "to"), "must be in the same city as the first choice's");
    }
  }
}

void CheckDays(const std::vector<Choice>& choices, const WaitlistPolicy& policy,
               Violations& violations) {
  std::map<absl::CivilDay, int> days;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (++days[choices[i].quote.boarding_day] > policy.choices_per_day_max) {
      violations.Add(Field(i), absl::StrCat("is one too many for its day: at most ",
                                            policy.choices_per_day_max));
    }
  }
  const auto days_between = days.rbegin()->first - days.begin()->first;
  const bool adjacent = days_between < static_cast<absl::civil_diff_t>(days.size());
  if (static_cast<int>(days.size()) > policy.days_max || !adjacent) {
    violations.Add("choices", absl::StrCat("must leave on at most ", policy.days_max,
                                           " days next to each other"));
  }
}

}  // namespace

absl::Status CheckWishes(const std::vector<Wish>& wishes, const WaitlistPolicy& policy) {
  Violations violations;
  const int most = policy.days_max * policy.choices_per_day_max;
  if (wishes.empty() || static_cast<int>(wishes.size()) > most) {
    violations.Add("choices", absl::StrCat("must be 1 to ", most));
  }
  for (std::size_t i = 0; i < wishes.size(); ++i) {
    const auto self = wishes.begin() + static_cast<std::ptrdiff_t>(i);
    if (std::find(wishes.begin(), self, wishes[i]) != self) {
      violations.Add(Field(i), "names the same run, class and stretch as an earlier choice");
    }
  }
  return violations.ToStatus();
}

absl::Status CheckApplication(const Application& application, absl::Time now,
                              const WaitlistPolicy& policy) {
  Violations violations;
  const std::vector<Choice>& choices = application.choices;
  CheckCities(choices, violations);
  CheckDays(choices, policy, violations);
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].quote.departs_at - policy.closes_before <= now) {
      violations.Add(Field(i, "run"), "leaves too soon to wait for");
    }
  }
  const absl::Time latest = LatestDeadline(choices, policy);
  if (application.deadline != absl::InfiniteFuture() &&
      (application.deadline <= now || application.deadline > latest)) {
    violations.Add("deadline", absl::StrCat("must be in the future and not after ",
                                            absl::FormatTime(latest, absl::UTCTimeZone())));
  }
  RETURN_IF_ERROR(violations.ToStatus());
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i].quote.free >= static_cast<int>(application.travellers.size())) {
      return Refuse(kPlacesAvailable, {{"choice", absl::StrCat(i)}});
    }
  }
  return absl::OkStatus();
}

absl::Time LatestDeadline(const std::vector<Choice>& choices, const WaitlistPolicy& policy) {
  absl::Time last = absl::InfinitePast();
  for (const Choice& choice : choices) {
    last = std::max(last, choice.quote.departs_at);
  }
  return last - policy.closes_before;
}

absl::StatusOr<Money> PrepaymentOf(const std::vector<Choice>& choices, std::size_t travellers) {
  Money dearest = choices.front().quote.fare;
  for (const Choice& choice : choices) {
    ASSIGN_OR_RETURN(const std::strong_ordering order, Compare(choice.quote.fare, dearest));
    if (std::is_gt(order)) {
      dearest = choice.quote.fare;
    }
  }
  return Multiply(dearest, static_cast<std::int64_t>(travellers));
}

}  // namespace houbu::waitlist
