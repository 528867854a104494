/// What notification keeps of accounts: what is under way, and how the rest is forgotten (R-17).
#pragma once

#include <array>

namespace houbu::notification {

/// How an account is reached and what it was told go.
inline constexpr std::array<const char*, 3> kForgetAccount = {
    R"sql(
      DELETE FROM deliveries
      WHERE message IN (SELECT id FROM messages WHERE account = $1))sql",
    "DELETE FROM messages WHERE account = $1", "DELETE FROM contacts WHERE account = $1"};

}  // namespace houbu::notification
