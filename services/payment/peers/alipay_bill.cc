#include "services/payment/peers/alipay_bill.h"

#include <array>
#include <cstdint>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "libs/base/status_macros.h"
#include "services/payment/peers/alipay_wire.h"

namespace houbu::payment {
namespace {

constexpr char kBegin[] = "业务明细列表";
constexpr char kEnd[] = "业务明细列表结束";

// What a bill says below its lines: "#交易合计：2笔，商家实收共40.00元，...".
struct Summary {
  std::int64_t count = 0;
  Money sum;
  bool is_known = false;
};

absl::Status Malformed(std::size_t line) {
  return StatusWithReason(kAlipayBillMalformed.code, kAlipayBillMalformed.reason,
                          absl::StrCat("The bill is not whole: line ", line, "."));
}

// Amounts of money given back are written with a minus, by and large.
absl::StatusOr<Money> Magnitude(absl::string_view text) {
  absl::ConsumePrefix(&text, "-");
  return ParseYuan(text);
}

// Reads a bill line by line.
class Reader final {
 public:
  absl::StatusOr<AlipayBill> Read(absl::string_view text) {
    for (absl::string_view line : absl::StrSplit(text, '\n')) {
      ++number_;
      if (absl::ConsumePrefix(&line, "\xef\xbb\xbf") && number_ > 1) return Malformed(number_);
      line = absl::StripAsciiWhitespace(line);
      if (line.empty()) continue;
      const absl::Status read = line[0] == '#' ? ReadComment(line) : ReadRow(line);
      if (!read.ok()) return read;
    }
    if (!has_ended_ || !taken_.is_known || !returned_.is_known) return Malformed(number_);
    RETURN_IF_ERROR(CheckSums());
    return std::move(bill_);
  }

 private:
  absl::Status ReadComment(absl::string_view line) {
    if (absl::StrContains(line, kEnd)) {
      if (!has_begun_ || names_.empty() || has_ended_) return Malformed(number_);
      has_ended_ = true;
    } else if (absl::StrContains(line, kBegin)) {
      if (has_begun_) return Malformed(number_);
      has_begun_ = true;
    } else if (absl::ConsumePrefix(&line, "#交易合计：")) {
      return ReadSummary(line, "商家实收共", taken_);
    } else if (absl::ConsumePrefix(&line, "#退款合计：")) {
      return ReadSummary(line, "商家实收退款共", returned_);
    }
    return absl::OkStatus();
  }

  absl::Status ReadSummary(absl::string_view text, absl::string_view before_sum, Summary& summary) {
    const std::vector<absl::string_view> parts = absl::StrSplit(text, "，");
    if (!has_ended_ || summary.is_known || parts.size() < 2) return Malformed(number_);
    absl::string_view count = parts[0];
    absl::string_view sum = parts[1];
    if (!absl::ConsumeSuffix(&count, "笔") || !absl::SimpleAtoi(count, &summary.count) ||
        !absl::ConsumePrefix(&sum, before_sum) || !absl::ConsumeSuffix(&sum, "元")) {
      return Malformed(number_);
    }
    const absl::StatusOr<Money> amount = Magnitude(sum);
    if (!amount.ok()) return Malformed(number_);
    summary.sum = *amount;
    summary.is_known = true;
    return absl::OkStatus();
  }

  absl::Status ReadRow(absl::string_view line) {
    std::vector<std::string> values;
    for (const absl::string_view value : absl::StrSplit(line, ',')) {
      values.emplace_back(absl::StripAsciiWhitespace(value));
    }
    if (!has_begun_ || has_ended_) return Malformed(number_);
    if (names_.empty()) {
      for (std::size_t i = 0; i < values.size(); ++i) names_[values[i]] = i;
      width_ = values.size();
      return absl::OkStatus();
    }
    if (values.size() != width_) return Malformed(number_);
    return TakeRow(values);
  }

  absl::Status TakeRow(const std::vector<std::string>& values) {
    for (const char* const name : {"支付宝交易号", "商户订单号", "业务类型", "完成时间",
                                   "订单金额（元）", "商家实收（元）", "退款批次号/请求号"}) {
      if (!names_.contains(name)) return Malformed(number_);
    }
    const auto at = [&](const char* name) -> const std::string& { return values[names_.at(name)]; };
    AlipayBillLine line;
    line.is_refund = at("业务类型") == "退款";
    if (!line.is_refund && at("业务类型") != "交易") return Malformed(number_);
    line.trade_no = at("支付宝交易号");
    line.out_trade_no = at("商户订单号");
    line.out_request_no = at("退款批次号/请求号");
    const absl::StatusOr<Money> amount = Magnitude(at("订单金额（元）"));
    const absl::StatusOr<Money> received = Magnitude(at("商家实收（元）"));
    const absl::StatusOr<absl::Time> time = ParseBeijing(at("完成时间"));
    const bool is_negative = absl::StartsWith(at("订单金额（元）"), "-");
    if (!amount.ok() || !received.ok() || !time.ok() || line.trade_no.empty() ||
        (is_negative && !line.is_refund) || line.is_refund == line.out_request_no.empty()) {
      return Malformed(number_);
    }
    line.amount = *amount;
    line.time = *time;
    Money& sum = line.is_refund ? bill_.returned : bill_.taken;
    ASSIGN_OR_RETURN(sum, Add(sum, *received));
    ++(line.is_refund ? refunds_ : payments_);
    bill_.lines.push_back(std::move(line));
    return absl::OkStatus();
  }

  absl::Status CheckSums() const {
    const bool fits = taken_.count == payments_ && taken_.sum == bill_.taken &&
                      returned_.count == refunds_ && returned_.sum == bill_.returned;
    return fits ? absl::OkStatus() : Malformed(number_);
  }

  AlipayBill bill_;
  std::map<std::string, std::size_t> names_;
  std::size_t width_ = 0;
  std::size_t number_ = 0;
  std::int64_t payments_ = 0;
  std::int64_t refunds_ = 0;
  bool has_begun_ = false;
  bool has_ended_ = false;
  Summary taken_;
  Summary returned_;
};

}  // namespace

absl::StatusOr<AlipayBill> ParseAlipayBill(absl::string_view text) { return Reader().Read(text); }

}  // namespace houbu::payment
