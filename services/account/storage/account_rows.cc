#include "services/account/storage/account_rows.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"

namespace houbu::account {
namespace {

constexpr char kHolder[] = "accounts/holder";
constexpr char kHolderCard[] = "accounts/holder_card";

constexpr char kUpdateAccount[] = R"sql(
  UPDATE accounts SET version = $2, verification = $3, verification_reason = $4, member = $5,
                      holder_index = coalesce($6, holder_index),
                      holder_passenger = coalesce($7, holder_passenger),
                      holder_card_index = coalesce($8, holder_card_index)
  WHERE id = $1 AND version = $2 - 1)sql";

postgres::Parameters AccountParameters(const Vault& vault, const Account& account) {
  postgres::Parameters parameters;
  parameters.Add(account.id).Add(account.version).Add(VerificationName(account.verification));
  parameters.Add(account.verification_reason).Add(account.member);
  if (account.holder.has_value()) {
    parameters.Add(vault.IndexOf(kHolder, account.holder->identity));
    parameters.Add(account.holder->passenger);
    parameters.Add(vault.IndexOf(kHolderCard, account.holder->card));
  } else {
    parameters.AddNull().AddNull().AddNull();
  }
  return parameters;
}

}  // namespace

Task<void> ReplaceAccount(postgres::Transaction& transaction, const Vault& vault, Account account) {
  postgres::Parameters parameters = AccountParameters(vault, account);
  const absl::StatusOr<postgres::Result> result =
      co_await transaction.Execute(kUpdateAccount, std::move(parameters));
  if (postgres::ConstraintOf(result.status()) == "accounts_holder") {
    co_return Refuse(kHolderTaken);
  }
  CO_RETURN_IF_ERROR(result.status());
  co_return result->affected() == 0 ? Refuse(kAccountChanged) : absl::OkStatus();
}

std::string HolderCardIndex(const Vault& vault, const std::string& card) {
  return vault.IndexOf(kHolderCard, card);
}

}  // namespace houbu::account
