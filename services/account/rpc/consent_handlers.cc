#include "services/account/rpc/consent_handlers.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"

namespace houbu::account {
namespace {

constexpr char kPattern[] = "accounts/{account}/consents/{consent}";
constexpr int kVersionCharactersMax = 63;
constexpr int kChannelCharactersMax = 30;

v1::ConsentPurpose ToWire(ConsentPurpose purpose) {
  return purpose == ConsentPurpose::kIdentityVerification
             ? v1::CONSENT_PURPOSE_IDENTITY_VERIFICATION
             : v1::CONSENT_PURPOSE_HEALTH_DOCUMENTS;
}

ConsentPurpose PurposeOf(v1::ConsentPurpose purpose) {
  return purpose == v1::CONSENT_PURPOSE_IDENTITY_VERIFICATION
             ? ConsentPurpose::kIdentityVerification
             : ConsentPurpose::kHealthDocuments;
}

v1::PurposeConsent ToWire(const PurposeConsent& consent) {
  v1::PurposeConsent wire;
  wire.set_name(NameOf(consent));
  wire.set_purpose(ToWire(consent.purpose));
  wire.set_text_version(consent.text_version);
  wire.set_channel(consent.channel);
  *wire.mutable_create_time() = rpc::ToWire(consent.given_at);
  if (consent.ended_at.has_value()) {
    *wire.mutable_end_time() = rpc::ToWire(*consent.ended_at);
  }
  return wire;
}

v1::PurposeConsent RenderConsent(const PurposeConsent& consent) { return ToWire(consent); }

void RequireChannel(Violations& violations, const std::string& channel) {
  rpc::RequireText(violations, "channel", channel, kChannelCharactersMax);
  const bool is_word = std::all_of(channel.begin(), channel.end(),
                                   [](char c) { return c == '_' || (c >= 'A' && c <= 'Z'); });
  if (!is_word) {
    violations.Add("channel", "has other characters than A-Z and _: say WEB, APP or COUNTER");
  }
}

}  // namespace

Task<v1::PurposeConsent> ConsentHandlers::Give(const rpc::Call& call,
                                               const v1::GiveConsentRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}");
  rpc::RequireEnum<v1::ConsentPurpose>(violations, "purpose", request.purpose(),
                                       v1::ConsentPurpose_IsValid);
  rpc::RequireText(violations, "text_version", request.text_version(), kVersionCharactersMax);
  RequireChannel(violations, request.channel());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  PurposeConsent consent;
  ASSIGN_OR_CO_RETURN(consent.account,
                      OwnAccount(call, "parent", request.parent(), kAccountNotFound));
  consent.purpose = PurposeOf(request.purpose());
  consent.text_version = request.text_version();
  consent.channel = request.channel();
  Mutation<PurposeConsent> mutation = rpc::Answering<PurposeConsent>(call, RenderConsent);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await consents_.Give(std::move(consent), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::PurposeConsent>(answer);
}

Task<v1::PurposeConsent> ConsentHandlers::Withdraw(const rpc::Call& call,
                                                   const v1::WithdrawConsentRequest& request) {
  Violations violations;
  std::vector<std::string> ids = rpc::RequireName(violations, "name", request.name(), kPattern);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (ids[0] != CallerId(call)) {
    co_return Refuse(kConsentNotFound);
  }
  Mutation<PurposeConsent> mutation = rpc::Answering<PurposeConsent>(call, RenderConsent);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await consents_.Withdraw(ids[0], ids[1], std::move(mutation)));
  co_return rpc::ParseAnswer<v1::PurposeConsent>(answer);
}

Task<v1::ListConsentsResponse> ConsentHandlers::ShowList(const rpc::Call& call,
                                                         const v1::ListConsentsRequest& request) {
  Violations violations;
  std::string account =
      rpc::RequireName(violations, "parent", request.parent(), "accounts/{account}").front();
  const std::string list = absl::StrCat("consents/", account);
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, list, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (account != CallerId(call)) {
    co_return Refuse(kAccountNotFound);
  }
  ASSIGN_OR_CO_RETURN(const std::vector<PurposeConsent> consents,
                      co_await consents_.List(std::move(account), std::move(after), size));
  v1::ListConsentsResponse response;
  for (const PurposeConsent& consent : consents) {
    *response.add_consents() = ToWire(consent);
  }
  if (response.consents_size() == size) {
    response.set_next_page_token(rpc::EncodePageToken(list, consents.back().id));
  }
  for (const auto& [purpose, text_version] : consents_.texts()) {
    v1::ConsentText& text = *response.add_texts();
    text.set_purpose(ToWire(purpose));
    text.set_text_version(text_version);
  }
  co_return response;
}

}  // namespace houbu::account
