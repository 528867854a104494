/// Statements of who may travel: the account service vouches for an account's verified passengers,
/// slot and waitlist check it with its public keys and never have to ask.
#pragma once

#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/time.h>

#include <string>

#include "libs/base/refusal.h"
#include "libs/identity/keys.h"
#include "libs/identity/revocations.h"

#include "houbu/type/v1/statement.pb.h"

namespace houbu::identity {

/// Refuses a statement that account did not sign as it stands.
inline constexpr Refusal kStatementForged{absl::StatusCode::kInvalidArgument, "STATEMENT_FORGED",
                                          "The travel statement was not issued like this."};
/// Refuses a statement at and after its end, or before its beginning.
inline constexpr Refusal kStatementExpired{absl::StatusCode::kFailedPrecondition,
                                           "STATEMENT_EXPIRED",
                                           "The travel statement has expired; get a new one."};
/// Refuses a statement issued to another account.
inline constexpr Refusal kStatementNotYours{absl::StatusCode::kPermissionDenied,
                                            "STATEMENT_NOT_YOURS",
                                            "The travel statement was issued to someone else."};
/// Refuses a statement issued for another purpose.
inline constexpr Refusal kStatementWrongPurpose{absl::StatusCode::kFailedPrecondition,
                                                "STATEMENT_WRONG_PURPOSE",
                                                "The travel statement is for another purpose."};

/// Refuses a statement that is no longer true: the account was restricted, or its passengers
/// changed.
inline constexpr Refusal kStatementRevoked{absl::StatusCode::kFailedPrecondition,
                                           "STATEMENT_REVOKED",
                                           "The travel statement was revoked; get a new one."};

/// Gives the statement signed: Ed25519 over its serialized bytes. They begin with a field tag, so
/// they can never be taken for a token's signing input, which is base64 text.
type::v1::SignedStatement SignTravelStatement(const Signer& signer,
                                              const type::v1::TravelStatement& statement);

/// Says whom a statement must speak of.
struct StatementUse {
  std::string account;  ///< "accounts/ac-..."
  type::v1::Purpose purpose = type::v1::PURPOSE_UNSPECIFIED;
};

/// Verifies a statement for its use at `now`; checks the signature first, so that nothing unproven
/// is looked at. Refuses with the STATEMENT_ reasons above.
absl::StatusOr<type::v1::TravelStatement> VerifyTravelStatement(
    const Trust& trust, const type::v1::SignedStatement& signed_statement, absl::Time now,
    const StatementUse& use);

}  // namespace houbu::identity
