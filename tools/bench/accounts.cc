#include "tools/bench/accounts.h"

#include <random>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/identity/access_token.h"
#include "libs/identity/travel_statement.h"
#include "libs/rpc/wire.h"

namespace houbu::bench {
namespace {

constexpr absl::Duration kTokenLife = absl::Minutes(15);
constexpr absl::Duration kTokenMargin = absl::Minutes(5);
constexpr absl::Duration kStatementLife = absl::Minutes(5);

std::string NameOf(absl::string_view nonce, int number) {
  return absl::StrCat("accounts/ac-", nonce, "-", number);
}

std::string FreshNonce() {
  std::random_device random;
  return absl::StrCat(absl::Hex(random(), absl::kZeroPad8));
}

}  // namespace

Accounts::Accounts(identity::Signer signer, const Clock& clock)
    : signer_(std::move(signer)), clock_(clock), nonce_(FreshNonce()) {}

const std::string& Accounts::Authorization(int number) {
  return AuthorizationOf(NameOf(nonce_, number));
}

const std::string& Accounts::AuthorizationOf(const std::string& account) {
  Session& session = sessions_[account];
  const absl::Time now = clock_.Now();
  if (session.authorization.empty() || now >= session.fresh_until) {
    identity::AccessClaims claims;
    claims.account = account;
    claims.session = absl::StrCat("ss-", account.substr(account.rfind('/') + 1));
    claims.token_id = absl::StrCat(claims.session, "-", absl::ToUnixSeconds(now));
    claims.issue_time = now;
    claims.expire_time = now + kTokenLife;
    session.authorization = absl::StrCat("Bearer ", identity::IssueAccessToken(signer_, claims));
    session.fresh_until = now + kTokenLife - kTokenMargin;
  }
  return session.authorization;
}

type::v1::SignedStatement Accounts::StatementFor(int number) {
  const absl::Time now = clock_.Now();
  const std::int64_t traveller = ++travellers_;
  type::v1::TravelStatement statement;
  statement.set_account(NameOf(nonce_, number));
  statement.set_purpose(type::v1::PURPOSE_BOOK);
  type::v1::Traveller& who = *statement.add_travellers();
  who.set_traveller_key(absl::StrCat("tk-", nonce_, "-", absl::Hex(traveller, absl::kZeroPad16)));
  who.set_passenger(absl::StrCat(statement.account(), "/passengers/pa-", traveller));
  who.set_masked_name("旅**");
  who.set_type(type::v1::PASSENGER_TYPE_ADULT);
  *statement.mutable_issue_time() = rpc::ToWire(now);
  *statement.mutable_expire_time() = rpc::ToWire(now + kStatementLife);
  return identity::SignTravelStatement(signer_, statement);
}

}  // namespace houbu::bench
