#include "services/account/app/consents.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

AuditEntry EntryOf(const RequestKey& key, const PurposeConsent& consent, std::string act) {
  AuditEntry entry;
  entry.actor = ActorOf(key);
  entry.act = std::move(act);
  entry.subject = absl::StrCat("accounts/", consent.account);
  entry.detail["purpose"] = std::string(NameOf(consent.purpose));
  entry.detail["text_version"] = consent.text_version;
  entry.detail["channel"] = consent.channel;
  return entry;
}

Reply ReplyOf(const Mutation<PurposeConsent>& mutation, const PurposeConsent& consent) {
  Reply reply;
  reply.key = mutation.key;
  reply.answer = mutation.render(consent);
  return reply;
}

}  // namespace

Task<std::string> Consents::Give(PurposeConsent consent, Mutation<PurposeConsent> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  const std::string& in_force = texts_.at(consent.purpose);
  if (consent.text_version != in_force) {
    co_return Refuse(kConsentTextOutdated, {{"text_version", in_force}});
  }
  ASSIGN_OR_CO_RETURN(const std::optional<PurposeConsent> standing,
                      co_await store_.FindStanding(consent.account, consent.purpose));
  const absl::Time now = clock_.Now();
  if (standing.has_value() && standing->text_version == in_force) {
    Reply reply = ReplyOf(mutation, *standing);
    co_return co_await store_.Repeat(std::move(reply), now);
  }
  consent.id = ids_.Next("cs");
  consent.given_at = now;
  AuditEntry audit = EntryOf(mutation.key, consent, "CONSENT_GIVEN");
  Reply reply = ReplyOf(mutation, consent);
  co_return co_await store_.Give(std::move(consent), std::move(audit), std::move(reply), now);
}

Task<std::string> Consents::Withdraw(std::string account, std::string id,
                                     Mutation<PurposeConsent> mutation) {
  ASSIGN_OR_CO_RETURN(std::optional<std::string> stored, co_await store_.FindAnswer(mutation.key));
  if (stored.has_value()) {
    co_return *std::move(stored);
  }
  ASSIGN_OR_CO_RETURN(PurposeConsent consent,
                      co_await store_.Load(std::move(account), std::move(id)));
  const absl::Time now = clock_.Now();
  consent.ended_at = now;
  AuditEntry audit = EntryOf(mutation.key, consent, "CONSENT_WITHDRAWN");
  Reply reply = ReplyOf(mutation, consent);
  co_return co_await store_.Withdraw(std::move(consent), std::move(audit), std::move(reply), now);
}

Task<std::vector<PurposeConsent>> Consents::List(std::string account, std::string after,
                                                 int limit) {
  return store_.List(std::move(account), std::move(after), limit);
}

Task<void> Consents::Require(std::string account, ConsentPurpose purpose) {
  ASSIGN_OR_CO_RETURN(const std::optional<PurposeConsent> standing,
                      co_await store_.FindStanding(std::move(account), purpose));
  co_return CheckConsent(standing, purpose, texts_.at(purpose));
}

}  // namespace houbu::account
