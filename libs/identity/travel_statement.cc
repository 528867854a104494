#include "libs/identity/travel_statement.h"

namespace houbu::identity {

namespace {

constexpr absl::Duration kSkew = absl::Seconds(5);

absl::Time TimeOf(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace

type::v1::SignedStatement SignTravelStatement(const Signer& signer,
                                              const type::v1::TravelStatement& statement) {
  type::v1::SignedStatement result;
  result.set_key_id(signer.public_key().id);
  result.set_payload(statement.SerializeAsString());
  result.set_signature(signer.Sign(result.payload()));
  return result;
}

absl::StatusOr<type::v1::TravelStatement> VerifyTravelStatement(
    const Trust& trust, const type::v1::SignedStatement& signed_statement, absl::Time now,
    const StatementUse& use) {
  if (!trust.keys.HasSigned(signed_statement.key_id(), signed_statement.payload(),
                            signed_statement.signature())) {
    return Refuse(kStatementForged);
  }
  type::v1::TravelStatement statement;
  if (!statement.ParseFromString(signed_statement.payload())) return Refuse(kStatementForged);
  if (statement.account() != use.account) return Refuse(kStatementNotYours);
  if (statement.purpose() != use.purpose) return Refuse(kStatementWrongPurpose);
  const absl::Time issued = TimeOf(statement.issue_time());
  const absl::Time expires = TimeOf(statement.expire_time());
  if (now >= expires || now + kSkew < issued) return Refuse(kStatementExpired);
  if (trust.revocations.CoversStatement(statement.account(), issued)) {
    return Refuse(kStatementRevoked);
  }
  return statement;
}

}  // namespace houbu::identity
