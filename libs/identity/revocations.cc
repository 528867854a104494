#include "libs/identity/revocations.h"

#include <algorithm>

namespace houbu::identity {

namespace {

/// Longer than the life of anything signed: kTokenLifeMax, and clocks that differ.
constexpr absl::Duration kMattersFor = absl::Minutes(16);
constexpr absl::Duration kSweepEvery = absl::Minutes(1);

}  // namespace

void Revocations::Note(const Revocation& revocation, absl::Time now) {
  const std::lock_guard<std::mutex> lock(mutex_);
  ForgetOld(now);
  const bool of_session = !revocation.session.empty();
  Entry& entry = of_session ? sessions_[revocation.session] : accounts_[revocation.account];
  entry.tokens_before = std::max(entry.tokens_before, revocation.tokens_before);
  entry.statements_before = std::max(entry.statements_before, revocation.statements_before);
  entry.heard_at = now;
  if (!revocation.restrictions.has_value()) return;
  entry.restrictions = *revocation.restrictions;
  entry.restrictions_heard_at = now;
}

bool Revocations::Covers(const AccessClaims& claims) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (sessions_.contains(claims.session)) return true;
  const auto account = accounts_.find(claims.account);
  return account != accounts_.end() && claims.issue_time < account->second.tokens_before;
}

bool Revocations::CoversStatement(absl::string_view account, absl::Time issued) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  const auto found = accounts_.find(account);
  return found != accounts_.end() && issued < found->second.statements_before;
}

// A token issued before a change was heard of may have been issued before the change was made; one
// issued after it says the same as was heard. Clocks differ, hence the skew.
std::vector<TokenRestriction> Revocations::RestrictionsOf(const AccessClaims& claims,
                                                          absl::Time now) const {
  std::vector<TokenRestriction> restrictions = claims.restrictions;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto account = accounts_.find(claims.account);
    if (account != accounts_.end() &&
        claims.issue_time <= account->second.restrictions_heard_at + kClockSkew) {
      restrictions = account->second.restrictions;
    }
  }
  std::erase_if(restrictions,
                [now](const TokenRestriction& restriction) { return restriction.until <= now; });
  return restrictions;
}

std::size_t Revocations::size() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return accounts_.size() + sessions_.size();
}

void Revocations::ForgetOld(absl::Time now) {
  if (now - swept_at_ < kSweepEvery) return;
  swept_at_ = now;
  const auto is_old = [now](const Entries::value_type& entry) {
    return now - entry.second.heard_at > kMattersFor;
  };
  absl::erase_if(accounts_, is_old);
  absl::erase_if(sessions_, is_old);
}

}  // namespace houbu::identity
