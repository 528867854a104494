#include "services/account/app/credential_changes.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

/// The reply that shows credentials as they will be.
Reply ReplyOf(const Mutation<Credentials>& mutation, const Credentials& credentials) {
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(credentials);
  return reply;
}

}  // namespace

Task<Credentials> CredentialChanges::Get(std::string account) {
  return tools_.store.Load(std::move(account));
}

Task<std::optional<std::string>> CredentialChanges::Begin(Asker asker, RequestKey key) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored,
                      co_await tools_.store.FindAnswer(std::move(key)));
  if (!stored.has_value()) {
    CO_RETURN_IF_ERROR(co_await tools_.sessions.RequireRecent(asker.account, asker.session));
  }
  co_return stored;
}

Task<std::string> CredentialChanges::SetPassword(Asker asker, std::string password,
                                                 Mutation<Credentials> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await Begin(asker, mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Credentials credentials, co_await tools_.store.Load(asker.account));
  const std::vector<std::string> own = {credentials.phone, credentials.email};
  const std::string fault = PasswordFault(password, credentials.totp_on, own, tools_.is_common);
  if (!fault.empty()) {
    Violations violations;
    violations.Add("password", fault);
    co_return violations.ToStatus();
  }
  ASSIGN_OR_CO_RETURN(credentials.password_hash, co_await tools_.hasher.Hash(password));
  const absl::Time now = tools_.clock.Now();
  credentials.password_stands_alone = StandsAlone(password);
  credentials.password_at = now;
  credentials.version += 1;
  Reply reply = ReplyOf(mutation, credentials);
  co_return co_await tools_.store.Save(std::move(credentials), std::nullopt,
                                       std::move(asker.session), "PASSWORD_SET", std::move(reply),
                                       now);
}

Task<std::string> CredentialChanges::RemovePassword(Asker asker, Mutation<Credentials> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await Begin(asker, mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Credentials credentials, co_await tools_.store.Load(asker.account));
  credentials.password_hash.clear();
  credentials.password_stands_alone = false;
  credentials.version += 1;
  const absl::Time now = tools_.clock.Now();
  Reply reply = ReplyOf(mutation, credentials);
  co_return co_await tools_.store.Save(std::move(credentials), std::nullopt, "", "PASSWORD_REMOVED",
                                       std::move(reply), now);
}

Task<std::string> CredentialChanges::BeginTotp(Asker asker, Mutation<Credentials> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await Begin(asker, mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Credentials credentials, co_await tools_.store.Load(asker.account));
  if (credentials.totp_on) {
    co_return Refuse(kSecondFactorOn);
  }
  const absl::Time now = tools_.clock.Now();
  credentials.totp_secret = tools_.authenticators.NewSecret();
  credentials.totp_at = now;
  credentials.version += 1;
  Reply reply = ReplyOf(mutation, credentials);
  co_return co_await tools_.store.Save(std::move(credentials), std::vector<std::string>(), "",
                                       "SECOND_FACTOR_BEGUN", std::move(reply), now);
}

Task<std::string> CredentialChanges::ConfirmTotp(Asker asker, std::string code,
                                                 Mutation<Credentials> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await Begin(asker, mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Credentials credentials, co_await tools_.store.Load(asker.account));
  if (credentials.totp_on) {
    co_return Refuse(kSecondFactorOn);
  }
  if (credentials.totp_secret.empty()) {
    co_return Refuse(kNoSecondFactor);
  }
  const absl::Time now = tools_.clock.Now();
  const std::optional<std::int64_t> step =
      tools_.authenticators.StepOf(credentials.totp_secret, NormaliseNumber(code), now);
  if (!step.has_value()) {
    co_return Refuse(kSecondFactorRefused);
  }
  ASSIGN_OR_CO_RETURN(const bool fresh,
                      co_await tools_.store.UseTotpStep(credentials.account, *step));
  if (!fresh) {
    co_return Refuse(kSecondFactorRefused);
  }
  credentials.totp_on = true;
  credentials.version += 1;
  std::vector<std::string> hashes = RecoveryHashesOf(credentials);
  credentials.recovery_codes_left = static_cast<int>(hashes.size());
  Reply reply = ReplyOf(mutation, credentials);
  co_return co_await tools_.store.Save(std::move(credentials), std::move(hashes),
                                       std::move(asker.session), "SECOND_FACTOR_ON",
                                       std::move(reply), now);
}

Task<std::string> CredentialChanges::RemoveTotp(Asker asker, std::string code,
                                                Mutation<Credentials> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await Begin(asker, mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(Credentials credentials, co_await tools_.store.Load(asker.account));
  if (!credentials.totp_on) {
    co_return Refuse(kNoSecondFactor);
  }
  if (!credentials.password_hash.empty() && !credentials.password_stands_alone) {
    co_return Refuse(kPasswordNeedsFactor);
  }
  CO_RETURN_IF_ERROR(co_await tools_.second_factor.Check(credentials, std::move(code)));
  credentials.totp_on = false;
  credentials.totp_secret.clear();
  credentials.recovery_codes_left = 0;
  credentials.version += 1;
  const absl::Time now = tools_.clock.Now();
  Reply reply = ReplyOf(mutation, credentials);
  co_return co_await tools_.store.Save(std::move(credentials), std::vector<std::string>(), "",
                                       "SECOND_FACTOR_OFF", std::move(reply), now);
}

std::vector<std::string> CredentialChanges::RecoveryCodesOf(const Credentials& credentials) const {
  return tools_.secrets.RecoveryCodesOf(credentials.account, credentials.totp_at);
}

std::vector<std::string> CredentialChanges::RecoveryHashesOf(const Credentials& credentials) const {
  std::vector<std::string> hashes;
  for (const std::string& code : RecoveryCodesOf(credentials)) {
    hashes.push_back(tools_.secrets.DigestOf(NormaliseNumber(code)));
  }
  return hashes;
}

}  // namespace houbu::account
