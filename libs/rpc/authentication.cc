#include "libs/rpc/authentication.h"

#include <absl/strings/match.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/strip.h>

#include <algorithm>
#include <cstddef>
#include <utility>

#include "libs/base/status_macros.h"

namespace houbu::rpc {

namespace {

constexpr char kTrustDomain[] = "spiffe://houbu/";
constexpr char kOperatorService[] = "operator";
constexpr char kOperators[] = "operators/";
constexpr std::size_t kServiceNameMax = 63;

bool IsServiceName(absl::string_view name) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= kServiceNameMax &&
         std::all_of(name.begin(), name.end(), allowed);
}

}  // namespace

std::string ServiceOfSpiffeId(absl::string_view uri) {
  if (!absl::ConsumePrefix(&uri, kTrustDomain) || !IsServiceName(uri)) return "";
  return std::string(uri);
}

std::string PersonOfSpiffeId(absl::string_view uri) {
  if (!absl::ConsumePrefix(&uri, kTrustDomain) || !absl::ConsumePrefix(&uri, kOperators)) return "";
  return IsServiceName(uri) ? std::string(uri) : "";
}

Authenticator::Authenticator(TokenCheck check, std::vector<std::string> token_relays)
    : check_(std::move(check)), token_relays_(std::move(token_relays)) {}

absl::StatusOr<Caller> Authenticator::Identify(const Credentials& credentials) const {
  if (credentials.uris.size() != 1) return Refuse(kPeerUnknown);
  Caller caller;
  caller.person = PersonOfSpiffeId(credentials.uris.front());
  caller.service = caller.person.empty() ? ServiceOfSpiffeId(credentials.uris.front())
                                         : absl::StrCat(kOperators, caller.person);
  if (caller.service.empty()) return Refuse(kPeerUnknown);
  const bool relay =
      std::find(token_relays_.begin(), token_relays_.end(), caller.service) != token_relays_.end();
  if (relay) caller.client_address = credentials.client_address;
  if (credentials.authorizations.empty()) {
    const bool is_operator = caller.service == kOperatorService || !caller.person.empty();
    caller.kind = relay         ? Caller::Kind::kPublic
                  : is_operator ? Caller::Kind::kOperator
                                : Caller::Kind::kService;
    return caller;
  }
  if (!relay || !check_) return Refuse(kTokenNotAccepted);
  absl::string_view token = credentials.authorizations.front();
  const bool bearer = absl::StartsWithIgnoreCase(token, "bearer ");
  if (credentials.authorizations.size() != 1 || !bearer) return Refuse(kAuthorizationMalformed);
  token.remove_prefix(absl::string_view("bearer ").size());
  ASSIGN_OR_RETURN(TokenSubject subject, check_(token));
  caller.kind = Caller::Kind::kAccount;
  caller.account = std::move(subject.account);
  caller.session = std::move(subject.session);
  caller.restrictions = std::move(subject.restrictions);
  return caller;
}

}  // namespace houbu::rpc
