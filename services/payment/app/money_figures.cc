#include "services/payment/app/money_figures.h"

#include "absl/strings/strip.h"

namespace houbu::payment {

std::map<std::pair<std::string, std::string>, ChannelSums> SumsByChannel(
    const std::vector<LedgerTurnover>& ledger) {
  std::map<std::pair<std::string, std::string>, ChannelSums> sums;
  for (const LedgerTurnover& line : ledger) {
    absl::string_view channel = line.account;
    if (!absl::ConsumePrefix(&channel, "provider_receivable:")) continue;
    const std::string currency(line.debits.currency.code());
    sums[{std::string(channel), currency}] = ChannelSums{line.debits, line.credits};
  }
  return sums;
}

std::map<std::string, std::int64_t> Imbalances(const std::vector<LedgerTurnover>& ledger) {
  std::map<std::string, std::int64_t> imbalances;
  for (const LedgerTurnover& line : ledger) {
    imbalances[std::string(line.debits.currency.code())] +=
        line.debits.minor_units - line.credits.minor_units;
  }
  return imbalances;
}

}  // namespace houbu::payment
