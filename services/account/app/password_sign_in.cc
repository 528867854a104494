#include "services/account/app/password_sign_in.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "services/account/domain/password.h"

namespace houbu::account {
namespace {

constexpr absl::Duration kDeviceKnownFor = absl::Hours(24 * 90);

}  // namespace

Task<std::string> PasswordSignIn::Open(Proof proof, Mutation<Session> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.sessions.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const absl::Time now = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(const std::optional<Credentials> known,
                      co_await tools_.credentials.Find(proof.identifier));
  ASSIGN_OR_CO_RETURN(const std::vector<FailureCount> counts, co_await CountsOf(proof, known, now));
  CO_RETURN_IF_ERROR(co_await CountAttempt(counts, now));
  CO_RETURN_IF_ERROR(co_await Check(proof, known));
  CO_RETURN_IF_ERROR(co_await tools_.failures.Forget(counts.front().key));
  if (counts.size() > 1) {
    CO_RETURN_IF_ERROR(co_await tools_.failures.TakeBack(counts.back().key, now));
  }
  Session session;
  session.id = tools_.ids.Next("ss");
  session.account = known->account;
  session.device_key = std::move(proof.origin.device_key);
  session.device_display_name = std::move(proof.origin.device_display_name);
  OpenAt(session, tools_.ids.Next("rt"), now, tools_.session_policy);
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(session);
  co_return co_await tools_.sessions.Open(std::move(session), std::nullopt, std::nullopt,
                                          std::move(reply), now);
}

Task<std::vector<FailureCount>> PasswordSignIn::CountsOf(Proof proof,
                                                         std::optional<Credentials> known,
                                                         absl::Time now) {
  const LockoutPolicy& policy = tools_.lockout_policy;
  const std::string account = known.has_value() ? known->account : "";
  ASSIGN_OR_CO_RETURN(const bool known_device,
                      co_await tools_.sessions.KnowsDevice(account, proof.origin.device_key,
                                                           now - kDeviceKnownFor));
  FailureCount own;
  own.key = known_device ? absl::StrCat("device/", account, "/", proof.origin.device_key)
                         : absl::StrCat("identifier/", proof.identifier.text);
  own.pauses = PausesOf(policy, policy.free_failures);
  own.forgotten_after = policy.forgotten_after;
  std::vector<FailureCount> counts = {std::move(own)};
  if (!proof.origin.address.empty()) {
    FailureCount address;
    address.key = absl::StrCat("address/", proof.origin.address);
    address.pauses = PausesOf(policy, policy.free_failures_of_address);
    address.forgotten_after = policy.forgotten_after;
    counts.push_back(std::move(address));
  }
  co_return counts;
}

Task<void> PasswordSignIn::CountAttempt(std::vector<FailureCount> counts, absl::Time now) {
  for (const FailureCount& count : counts) {
    ASSIGN_OR_CO_RETURN(const absl::Time locked_until, co_await tools_.failures.Count(count, now));
    if (locked_until > now) {
      co_return WithRetryAfter(Refuse(kSignInLocked), locked_until - now);
    }
  }
  co_return absl::OkStatus();
}

Task<void> PasswordSignIn::Check(Proof proof, std::optional<Credentials> known) {
  const std::string hash = known.has_value() ? known->password_hash : "";
  ASSIGN_OR_CO_RETURN(const bool fits, co_await tools_.hasher.Fits(hash, proof.password));
  if (!fits || !known.has_value()) {
    co_return Refuse(kSignInRefused);
  }
  CO_RETURN_IF_ERROR(co_await tools_.second_factor.Check(*known, proof.second_factor));
  if (tools_.hasher.IsStale(hash)) {
    ASSIGN_OR_CO_RETURN(std::string fresh, co_await tools_.hasher.Hash(proof.password));
    CO_RETURN_IF_ERROR(co_await tools_.credentials.Rehash(known->account, hash, std::move(fresh)));
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::account
