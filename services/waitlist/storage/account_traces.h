/// What waitlist keeps of accounts: what is under way, and how the rest is forgotten (R-17).
#pragma once

#include <array>

namespace houbu::waitlist {

/// Orders that are to be paid or wait.
inline constexpr char kLiveOfAccount[] = R"sql(
  SELECT 'waitlistOrders/' || id AS name, 'WAITLIST_ORDER' AS kind FROM orders
  WHERE account = $1 AND state IN ('PENDING_PAYMENT', 'WAITING') ORDER BY name LIMIT $2)sql";

/// Names go from orders; pseudonyms stay.
inline constexpr std::array<const char*, 1> kForgetAccount = {R"sql(
  UPDATE orders SET travellers = (
    SELECT jsonb_agg(traveller || '{"masked_name": ""}' ORDER BY place)
    FROM jsonb_array_elements(travellers) WITH ORDINALITY AS kept (traveller, place))
  WHERE account = $1 AND jsonb_array_length(travellers) > 0)sql"};

}  // namespace houbu::waitlist
