/// How the money stands, for operators: read from the record now and then.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// What went through the providers of one channel, in one currency, since ever.
struct ChannelSums {
  Money captured;  ///< All that came.
  Money refunded;  ///< Of it, what went back.
};

/// Returns the sums of each channel by the ledger: what was debited to and credited from
/// `provider_receivable:<channel>`, by channel and currency code.
std::map<std::pair<std::string, std::string>, ChannelSums> SumsByChannel(
    const std::vector<LedgerTurnover>& ledger);

/// Returns the sum of the whole ledger by currency code: zero, or money appeared or disappeared.
std::map<std::string, std::int64_t> Imbalances(const std::vector<LedgerTurnover>& ledger);

}  // namespace houbu::payment
