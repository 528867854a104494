/// What payment keeps of accounts: what is under way, and how the rest is forgotten (R-17).
#pragma once

#include <array>

namespace houbu::payment {

/// Payments that are not settled and refunds that have not arrived. A prepayment is settled once
/// its fare is known, or all of it is on its way back.
inline constexpr char kLiveOfAccount[] = R"sql(
  SELECT 'payments/' || id AS name, 'PAYMENT' AS kind FROM payments
  WHERE account = $1
    AND (state IN ('CREATED', 'PENDING')
         OR (product = 'PREPAYMENT' AND fare IS NULL AND captured > returned + fees))
  UNION ALL
  SELECT 'payments/' || p.id || '/refunds/' || r.id, 'REFUND'
  FROM payments p JOIN refunds r ON r.payment = p.id
  WHERE p.account = $1 AND r.state <> 'SUCCEEDED'
  ORDER BY name LIMIT $2)sql";

/// Who paid goes from payments; the books stay.
inline constexpr std::array<const char*, 1> kForgetAccount = {
    "UPDATE payments SET payer = '' WHERE account = $1 AND payer <> ''"};

}  // namespace houbu::payment
