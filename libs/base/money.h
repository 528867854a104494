/// Money: whole minor units of one currency, never a fraction, never a float.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"

namespace houbu {

/// Two amounts of different currencies cannot be reckoned together.
inline constexpr Refusal kCurrencyMismatch{absl::StatusCode::kInvalidArgument, "CURRENCY_MISMATCH",
                                           "The amounts are of different currencies."};

/// The result does not fit 64 bits of minor units.
inline constexpr Refusal kAmountOverflow{absl::StatusCode::kInvalidArgument, "AMOUNT_OVERFLOW",
                                         "The amount is out of range."};

/// A currency by its three-letter code (ISO 4217); renminbi unless said otherwise.
class Currency final {
 public:
  /// Makes CNY.
  constexpr Currency() = default;

  /// Takes a code of three capital letters; refuses anything else as INVALID_ARGUMENT.
  static absl::StatusOr<Currency> Parse(absl::string_view code);

  /// The three letters.
  absl::string_view code() const { return absl::string_view(code_, 3); }

  /// Compares the codes.
  friend bool operator==(const Currency& a, const Currency& b) = default;

 private:
  char code_[3] = {'C', 'N', 'Y'};
};

/// An amount: minor units (fen) and their currency. Negative amounts are debts.
struct Money {
  std::int64_t minor_units = 0;
  Currency currency;

  /// Compares amount and currency: 0 CNY is not 0 JPY.
  friend bool operator==(const Money& a, const Money& b) = default;
};

/// Makes renminbi from fen.
constexpr Money Fen(std::int64_t fen) { return Money{fen, Currency()}; }

/// Returns a + b; refuses kCurrencyMismatch, kAmountOverflow.
absl::StatusOr<Money> Add(Money a, Money b);

/// Returns a - b; refuses kCurrencyMismatch, kAmountOverflow.
absl::StatusOr<Money> Subtract(Money a, Money b);

/// Returns `factor` times `amount` (so many passengers, so many fares); refuses kAmountOverflow.
absl::StatusOr<Money> Multiply(Money amount, std::int64_t factor);

/// Orders two amounts; refuses kCurrencyMismatch.
absl::StatusOr<std::strong_ordering> Compare(Money a, Money b);

/// Writes hundredths with two decimals and no sign of currency: 123456 fen is "1234.56", -5 fen is
/// "-0.05". Templates put 元 or CNY beside it.
std::string FormatYuan(Money amount);

}  // namespace houbu
