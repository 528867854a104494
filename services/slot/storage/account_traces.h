/// What slot keeps of accounts: what is under way, and how the rest is forgotten (R-17).
#pragma once

#include <array>

namespace houbu::slot {

/// Bookings that stand, and those that matched demands become.
inline constexpr char kLiveOfAccount[] = R"sql(
  SELECT 'bookings/' || id AS name, 'BOOKING' AS kind FROM bookings
  WHERE account = $1 AND state IN ('HELD', 'PENDING_PAYMENT', 'BOOKED')
  UNION
  SELECT 'bookings/' || booking_id, 'BOOKING' FROM demands
  WHERE account = $1 AND state = 'MATCHED'
  ORDER BY name LIMIT $2)sql";

/// Names go from bookings and demands; pseudonyms stay.
inline constexpr std::array<const char*, 2> kForgetAccount = {
    R"sql(
      UPDATE booking_places SET masked_name = ''
      WHERE masked_name <> '' AND booking_id IN (SELECT id FROM bookings WHERE account = $1))sql",
    R"sql(
      UPDATE demand_travellers SET masked_name = ''
      WHERE masked_name <> '' AND demand_id IN (SELECT id FROM demands WHERE account = $1))sql"};

}  // namespace houbu::slot
