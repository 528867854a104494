#include "libs/base/money.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace houbu {

absl::StatusOr<Currency> Currency::Parse(absl::string_view code) {
  if (code.size() != 3 || !std::all_of(code.begin(), code.end(), absl::ascii_isupper)) {
    return absl::InvalidArgumentError("a currency code is three capital letters");
  }
  Currency currency;
  std::copy(code.begin(), code.end(), currency.code_);
  return currency;
}

absl::StatusOr<Money> Add(Money a, Money b) {
  if (!(a.currency == b.currency)) {
    return Refuse(kCurrencyMismatch);
  }
  Money sum = a;
  if (__builtin_add_overflow(a.minor_units, b.minor_units, &sum.minor_units)) {
    return Refuse(kAmountOverflow);
  }
  return sum;
}

absl::StatusOr<Money> Subtract(Money a, Money b) {
  if (!(a.currency == b.currency)) {
    return Refuse(kCurrencyMismatch);
  }
  Money difference = a;
  if (__builtin_sub_overflow(a.minor_units, b.minor_units, &difference.minor_units)) {
    return Refuse(kAmountOverflow);
  }
  return difference;
}

absl::StatusOr<Money> Multiply(Money amount, std::int64_t factor) {
  Money product = amount;
  if (__builtin_mul_overflow(amount.minor_units, factor, &product.minor_units)) {
    return Refuse(kAmountOverflow);
  }
  return product;
}

absl::StatusOr<std::strong_ordering> Compare(Money a, Money b) {
  if (!(a.currency == b.currency)) {
    return Refuse(kCurrencyMismatch);
  }
  return a.minor_units <=> b.minor_units;
}

std::string FormatYuan(Money amount) {
  const bool is_debt = amount.minor_units < 0;
  // Negated as unsigned: the least int64 has no positive counterpart.
  const auto units = static_cast<std::uint64_t>(amount.minor_units);
  const std::uint64_t magnitude = is_debt ? 0 - units : units;
  return absl::StrFormat("%s%d.%02d", is_debt ? "-" : "", magnitude / 100, magnitude % 100);
}

}  // namespace houbu
