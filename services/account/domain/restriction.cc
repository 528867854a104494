#include "services/account/domain/restriction.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace houbu::account {

absl::string_view NameOf(RestrictionLevel level) {
  switch (level) {
    case RestrictionLevel::kSignIn:
      return "SIGN_IN";
    case RestrictionLevel::kBooking:
      return "BOOKING";
    case RestrictionLevel::kPayment:
      return "PAYMENT";
  }
  return "";
}

absl::StatusOr<RestrictionLevel> ParseRestrictionLevel(absl::string_view name) {
  for (const RestrictionLevel level :
       {RestrictionLevel::kSignIn, RestrictionLevel::kBooking, RestrictionLevel::kPayment}) {
    if (NameOf(level) == name) {
      return level;
    }
  }
  return absl::DataLossError(absl::StrCat("no level of a restriction: ", name));
}

std::string NameOf(const Restriction& restriction) {
  return absl::StrCat("accounts/", restriction.account, "/restrictions/", restriction.id);
}

bool IsActive(const Restriction& restriction, absl::Time now) {
  return !restriction.lifted_at.has_value() && restriction.since <= now &&
         (!restriction.until.has_value() || now < *restriction.until);
}

absl::StatusOr<Restriction> Lift(Restriction restriction, const std::string& person,
                                 const std::string& reason, absl::Time now) {
  if (!restriction.ban.empty()) {
    return Refuse(kLiftedByTwo);
  }
  if (!IsActive(restriction, now)) {
    return Refuse(kRestrictionOver);
  }
  restriction.lifted_at = now;
  restriction.lifted_by = person;
  restriction.lift_reason = reason;
  return restriction;
}

std::vector<Bar> BarsOf(const std::vector<Restriction>& active) {
  std::vector<Bar> bars;
  for (const Restriction& restriction : active) {
    const auto same = [&](const Bar& bar) { return bar.level == restriction.level; };
    const auto found = std::find_if(bars.begin(), bars.end(), same);
    if (found == bars.end()) {
      bars.push_back(Bar{restriction.level, restriction.until});
    } else if (!restriction.until.has_value() || !found->until.has_value()) {
      found->until.reset();
    } else {
      found->until = std::max(*found->until, *restriction.until);
    }
  }
  return bars;
}

absl::Status CheckUnrestricted(const std::vector<Restriction>& active,
                               const std::vector<RestrictionLevel>& levels) {
  std::set<std::string> kept_from;
  std::set<std::string> reasons;
  std::optional<absl::Time> until = absl::InfinitePast();
  for (const Restriction& restriction : active) {
    if (std::find(levels.begin(), levels.end(), restriction.level) == levels.end()) {
      continue;
    }
    kept_from.insert(std::string(NameOf(restriction.level)));
    reasons.insert(restriction.reason_code);
    const bool have_ends = until.has_value() && restriction.until.has_value();
    until = have_ends ? std::make_optional(std::max(*until, *restriction.until)) : std::nullopt;
  }
  if (kept_from.empty()) {
    return absl::OkStatus();
  }
  Metadata metadata;
  metadata["level"] = absl::StrJoin(kept_from, ",");
  metadata["reason"] = absl::StrJoin(reasons, ",");
  metadata["until"] =
      until.has_value() ? absl::FormatTime(absl::RFC3339_sec, *until, absl::UTCTimeZone()) : "";
  return Refuse(kAccountRestricted, std::move(metadata));
}

std::optional<Restriction> JudgeCancellations(const CancellationPolicy& policy,
                                              std::vector<absl::Time> cancelled) {
  if (cancelled.empty()) {
    return std::nullopt;
  }
  std::sort(cancelled.begin(), cancelled.end());
  const absl::Time last = cancelled.back();
  const auto counts = std::count_if(cancelled.begin(), cancelled.end(),
                                    [&](absl::Time at) { return at > last - policy.window; });
  if (counts < policy.cancellations_max) {
    return std::nullopt;
  }
  Restriction restriction;
  restriction.level = RestrictionLevel::kBooking;
  restriction.reason_code = kManyCancellations;
  restriction.text = absl::StrCat(counts, " bookings cancelled within ",
                                  absl::ToInt64Hours(policy.window) / 24, " days");
  restriction.imposed_by = "policy";
  restriction.since = last;
  restriction.until = last + policy.length;
  return restriction;
}

}  // namespace houbu::account
