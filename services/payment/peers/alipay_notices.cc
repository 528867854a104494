#include "services/payment/peers/alipay_notices.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "services/payment/peers/alipay_wire.h"
#include "services/payment/peers/notices.h"

namespace houbu::payment {
namespace {

constexpr std::size_t kTextMax = 128;

// The value of a field, "" where there is none.
const std::string& Of(const AlipayFields& fields, const std::string& name) {
  static const std::string* const kNothing = new std::string();
  const auto found = fields.find(name);
  return found == fields.end() ? *kNothing : found->second;
}

absl::StatusOr<std::string> NumberOf(const AlipayFields& fields, const std::string& name) {
  const std::string& text = Of(fields, name);
  const bool is_number =
      !text.empty() && text.size() <= kTextMax &&
      std::all_of(text.begin(), text.end(), [](unsigned char c) { return absl::ascii_isalnum(c); });
  if (!is_number) return Refuse(kNoticeMalformed);
  return text;
}

absl::StatusOr<OrderFact> OrderIn(const AlipayFields& fields) {
  OrderFact fact;
  ASSIGN_OR_RETURN(fact.state, ReadTradeStatus(Of(fields, "trade_status")));
  ASSIGN_OR_RETURN(fact.provider_order, NumberOf(fields, "trade_no"));
  ASSIGN_OR_RETURN(fact.amount, ParseYuan(Of(fields, "total_amount")));
  if (fact.state == OrderFact::State::kPaid) {
    ASSIGN_OR_RETURN(fact.pay_time, ParseBeijing(Of(fields, "gmt_payment")));
  }
  return fact;
}

absl::StatusOr<ProvenNotice> NoticeIn(const AlipayFields& fields) {
  ProvenNotice notice;
  ASSIGN_OR_RETURN(notice.payment, PaymentAtAlipay(Of(fields, "out_trade_no")));
  ASSIGN_OR_RETURN(notice.order, OrderIn(fields));
  ASSIGN_OR_RETURN(notice.raw.event_id, NumberOf(fields, "notify_id"));
  ASSIGN_OR_RETURN(const absl::Time sent, ParseBeijing(Of(fields, "notify_time")));
  notice.raw.nonce = absl::StrCat(notice.raw.event_id, "-", absl::ToUnixSeconds(sent));
  notice.raw.kind = Of(fields, "trade_status");
  notice.raw.subject = notice.payment.value();
  return notice;
}

}  // namespace

absl::StatusOr<ProvenNotice> AlipayNotices::Read(const SignedNotice& notice, absl::Time now) const {
  const absl::StatusOr<AlipayFields> fields = ParseForm(notice.body);
  if (!fields.ok()) return Refuse(kNoticeMalformed);
  // `sign_type` is not signed itself: any other than ours would be a weaker proof, or none.
  const std::string& sign = Of(*fields, "sign");
  if (sign.empty() || Of(*fields, "sign_type") != "RSA2") return Refuse(kNoticeUnsigned);
  if (!IsSignedByAlipay(keys_, SignedTextOfNotice(*fields), sign)) return Refuse(kNoticeForged);
  if (Of(*fields, "app_id") != app_id_ || Of(*fields, "seller_id") != seller_id_) {
    return Refuse(kNoticeForeign);
  }
  absl::StatusOr<ProvenNotice> read = NoticeIn(*fields);
  if (!read.ok()) return Refuse(kNoticeMalformed);
  read->raw.channel = Channel::kAlipay;
  read->raw.body = notice.body;
  read->raw.receive_time = now;
  return read;
}

CallbackAnswer AlipayNotices::Answer(int status, absl::string_view) const {
  CallbackAnswer answer;
  answer.status = status;
  answer.content_type = "text/plain;charset=utf-8";
  answer.body = status == 200 ? "success" : "failure";
  return answer;
}

}  // namespace houbu::payment
