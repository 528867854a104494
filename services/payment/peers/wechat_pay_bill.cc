#include "services/payment/peers/wechat_pay_bill.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "libs/base/status_macros.h"

namespace houbu::payment {
namespace {

constexpr absl::string_view kByteOrderMark = "\xef\xbb\xbf";
constexpr absl::string_view kSumsTitle = "总交易单数";
constexpr int kYuanDigits = 2;
constexpr int kFeeDigits = 5;
constexpr std::size_t kDigitsMax = 12;

// Values by the name of their column.
using Row = std::map<absl::string_view, absl::string_view>;

absl::Status Malformed(std::size_t line) {
  return Refuse(kBillMalformed, {{"line", absl::StrCat(line)}});
}

// A decimal with exactly `digits` after the point, in units of its last digit.
std::optional<std::int64_t> ReadDecimal(absl::string_view text, int digits) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('.', 1));
  const auto is_digits = [](absl::string_view part) {
    return !part.empty() && std::all_of(part.begin(), part.end(), absl::ascii_isdigit);
  };
  if (!is_digits(parts.first) || !is_digits(parts.second) || parts.first.size() > kDigitsMax ||
      parts.second.size() != static_cast<std::size_t>(digits)) {
    return std::nullopt;
  }
  std::int64_t units = 0;
  if (!absl::SimpleAtoi(absl::StrCat(parts.first, parts.second), &units)) return std::nullopt;
  return negative ? -units : units;
}

// Values may hold commas; a comma and a backquote between two of them.
std::optional<Row> ReadRow(const std::vector<absl::string_view>& title, absl::string_view line) {
  if (!absl::ConsumePrefix(&line, "`")) return std::nullopt;
  const std::vector<absl::string_view> values = absl::StrSplit(line, ",`");
  if (values.size() != title.size()) return std::nullopt;
  Row row;
  for (std::size_t at = 0; at < title.size(); ++at) row[title[at]] = values[at];
  return row;
}

std::optional<absl::string_view> TextIn(const Row& row, absl::string_view column) {
  const auto found = row.find(column);
  if (found == row.end()) return std::nullopt;
  return found->second;
}

std::optional<std::int64_t> DecimalIn(const Row& row, absl::string_view column, int digits) {
  const std::optional<absl::string_view> text = TextIn(row, column);
  if (!text.has_value()) return std::nullopt;
  return ReadDecimal(*text, digits);
}

// "0" stands for no refund.
std::string NumberIn(const Row& row, absl::string_view column) {
  const absl::string_view text = TextIn(row, column).value_or("");
  return text == "0" ? "" : std::string(text);
}

std::optional<BillLine> ReadLine(const Row& row) {
  BillLine line;
  line.app_id = NumberIn(row, "公众账号ID");
  line.mch_id = NumberIn(row, "商户号");
  line.transaction = NumberIn(row, "微信订单号");
  line.out_trade_no = NumberIn(row, "商户订单号");
  line.state = NumberIn(row, "交易状态");
  line.refund = NumberIn(row, "微信退款单号");
  line.out_refund_no = NumberIn(row, "商户退款单号");
  const auto amount = DecimalIn(row, "订单金额", kYuanDigits);
  const auto refunded = DecimalIn(row, "申请退款金额", kYuanDigits);
  const auto fee = DecimalIn(row, "手续费", kFeeDigits);
  const absl::string_view time = TextIn(row, "交易时间").value_or("");
  std::string error;
  if (line.mch_id.empty() || line.transaction.empty() || line.out_trade_no.empty() ||
      TextIn(row, "货币种类") != "CNY" || !amount || *amount < 0 || !refunded || *refunded < 0 ||
      !fee || time.size() != 19 ||
      !absl::ParseTime("%Y-%m-%d %H:%M:%S", time, absl::FixedTimeZone(8 * 60 * 60), &line.time,
                       &error)) {
    return std::nullopt;
  }
  line.amount = Fen(*amount);
  line.refunded = Fen(*refunded);
  line.fee_units = *fee;
  return line;
}

bool SumsAddUp(const TradeBill& bill, const Row& sums) {
  std::int64_t count = 0;
  return absl::SimpleAtoi(TextIn(sums, kSumsTitle).value_or(""), &count) &&
         count == static_cast<std::int64_t>(bill.lines.size()) &&
         DecimalIn(sums, "订单总金额", kYuanDigits) == bill.amount.minor_units &&
         DecimalIn(sums, "申请退款总金额", kYuanDigits) == bill.refunded.minor_units &&
         DecimalIn(sums, "手续费总金额", kFeeDigits) == bill.fee_units;
}

absl::Status AddLine(TradeBill& bill, BillLine line) {
  ASSIGN_OR_RETURN(bill.amount, Add(bill.amount, line.amount));
  ASSIGN_OR_RETURN(bill.refunded, Add(bill.refunded, line.refunded));
  bill.fee_units += line.fee_units;  // at most 17 digits each: as many lines as fit memory
  bill.lines.push_back(std::move(line));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TradeBill> ParseTradeBill(absl::string_view text) {
  absl::ConsumePrefix(&text, kByteOrderMark);
  // The last line is whole only with its end.
  if (!absl::ConsumeSuffix(&text, "\n")) return Malformed(0);
  std::vector<absl::string_view> lines = absl::StrSplit(text, '\n');
  for (absl::string_view& line : lines) absl::ConsumeSuffix(&line, "\r");
  if (lines.size() < 3) return Malformed(lines.size());
  const std::vector<absl::string_view> title = absl::StrSplit(lines[0], ',');
  const std::size_t sums_at = lines.size() - 2;
  TradeBill bill;
  for (std::size_t at = 1; at < sums_at; ++at) {
    const std::optional<Row> row = ReadRow(title, lines[at]);
    std::optional<BillLine> line;
    if (row.has_value()) line = ReadLine(*row);
    if (!line.has_value()) return Malformed(at + 1);
    RETURN_IF_ERROR(AddLine(bill, *std::move(line)));
  }
  const std::vector<absl::string_view> sums_title = absl::StrSplit(lines[sums_at], ',');
  const std::optional<Row> sums = ReadRow(sums_title, lines[sums_at + 1]);
  if (sums_title[0] != kSumsTitle || !sums.has_value() || !SumsAddUp(bill, *sums)) {
    return Malformed(sums_at + 2);
  }
  return bill;
}

}  // namespace houbu::payment
