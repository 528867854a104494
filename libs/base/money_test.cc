#include "libs/base/money.h"

#include <limits>

#include <catch2/catch.hpp>

namespace houbu {
namespace {

constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t kLeast = std::numeric_limits<std::int64_t>::min();

Money Yen(std::int64_t units) { return Money{units, *Currency::Parse("JPY")}; }

}  // namespace

TEST_CASE("money adds up exactly", "[base][money]") {
  CHECK(*Add(Fen(1), Fen(2)) == Fen(3));
  CHECK(*Subtract(Fen(1), Fen(2)) == Fen(-1));
  CHECK(*Multiply(Fen(-55350), 3) == Fen(-166050));
  CHECK(*Add(Fen(kMost - 1), Fen(1)) == Fen(kMost));
  CHECK(*Subtract(Fen(kLeast + 1), Fen(1)) == Fen(kLeast));
}

TEST_CASE("money that does not fit is refused, never wrapped", "[base][money]") {
  CHECK(ReasonOf(Add(Fen(kMost), Fen(1)).status()) == kAmountOverflow.reason);
  CHECK(ReasonOf(Add(Fen(kLeast), Fen(-1)).status()) == kAmountOverflow.reason);
  CHECK(ReasonOf(Subtract(Fen(kLeast), Fen(1)).status()) == kAmountOverflow.reason);
  CHECK(ReasonOf(Multiply(Fen(kMost), 2).status()) == kAmountOverflow.reason);
  CHECK(ReasonOf(Multiply(Fen(kLeast), -1).status()) == kAmountOverflow.reason);
}

TEST_CASE("currencies never mix", "[base][money]") {
  CHECK(ReasonOf(Add(Fen(1), Yen(1)).status()) == kCurrencyMismatch.reason);
  CHECK(ReasonOf(Subtract(Fen(1), Yen(1)).status()) == kCurrencyMismatch.reason);
  CHECK(ReasonOf(Compare(Fen(1), Yen(1)).status()) == kCurrencyMismatch.reason);
  CHECK_FALSE(Fen(0) == Yen(0));
}

TEST_CASE("amounts compare by size", "[base][money]") {
  CHECK(*Compare(Fen(1), Fen(2)) == std::strong_ordering::less);
  CHECK(*Compare(Fen(2), Fen(2)) == std::strong_ordering::equal);
  CHECK(*Compare(Fen(3), Fen(-2)) == std::strong_ordering::greater);
}

TEST_CASE("a currency is three capital letters", "[base][money]") {
  CHECK(Currency::Parse("CNY")->code() == "CNY");
  CHECK(*Currency::Parse("CNY") == Currency());
  for (const char* bad : {"", "CN", "CNYY", "cny", "C1Y", "元"}) {
    CAPTURE(bad);
    CHECK(absl::IsInvalidArgument(Currency::Parse(bad).status()));
  }
}

TEST_CASE("yuan are written with two decimals", "[base][money]") {
  CHECK(FormatYuan(Fen(0)) == "0.00");
  CHECK(FormatYuan(Fen(5)) == "0.05");
  CHECK(FormatYuan(Fen(-5)) == "-0.05");
  CHECK(FormatYuan(Fen(123456)) == "1234.56");
  CHECK(FormatYuan(Fen(kLeast)) == "-92233720368547758.08");
}

}  // namespace houbu
