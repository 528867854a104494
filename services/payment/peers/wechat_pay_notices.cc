#include "services/payment/peers/wechat_pay_notices.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/secrets/rsa.h"
#include "services/payment/peers/notices.h"

namespace houbu::payment {

absl::StatusOr<ProvenNotice> WechatPayNotices::Read(const SignedNotice& notice,
                                                    absl::Time now) const {
  WechatPaySigned message;
  message.timestamp = notice.Header("wechatpay-timestamp");
  message.nonce = notice.Header("wechatpay-nonce");
  message.serial = notice.Header("wechatpay-serial");
  message.signature = notice.Header("wechatpay-signature");
  message.type = notice.Header("wechatpay-signature-type");
  message.body = notice.body;
  RETURN_IF_ERROR(keys_.Verify(message, now));
  const absl::StatusOr<SealedNotice> sealed = ReadSealedNotice(notice.body);
  if (!sealed.ok()) return Refuse(kNoticeMalformed);
  secrets::SealedBox box;
  box.nonce = sealed->nonce;
  box.associated = sealed->associated_data;
  if (!absl::Base64Unescape(sealed->ciphertext, &box.ciphertext)) return Refuse(kNoticeMalformed);
  const absl::StatusOr<std::string> content = secrets::OpenAesGcm(api_v3_key_, box);
  if (!content.ok()) return Refuse(kNoticeSealed);
  absl::StatusOr<ProvenNotice> proven = Understand(*sealed, *content);
  if (!proven.ok()) return Refuse(kNoticeMalformed);
  proven->raw.channel = Channel::kWechatPay;
  proven->raw.nonce = message.nonce;
  proven->raw.event_id = sealed->id;
  proven->raw.kind = sealed->event_type;
  proven->raw.body = notice.body;
  proven->raw.receive_time = now;
  return proven;
}

CallbackAnswer WechatPayNotices::Answer(int status, absl::string_view outcome) const {
  CallbackAnswer answer;
  answer.status = status;
  if (status == 200) {
    answer.body = R"({"code":"SUCCESS","message":""})";
  } else {
    answer.body = absl::StrCat("{\"code\":\"FAIL\",\"message\":\"", outcome, "\"}");
  }
  return answer;
}

absl::StatusOr<ProvenNotice> WechatPayNotices::Understand(const SealedNotice& sealed,
                                                          const std::string& content) const {
  ProvenNotice proven;
  if (sealed.original_type == "transaction" && sealed.event_type == "TRANSACTION.SUCCESS") {
    ASSIGN_OR_RETURN(WechatPayOrder order, ReadWechatPayOrder(merchant_, content));
    if (order.fact.state != OrderFact::State::kPaid) {
      return absl::InvalidArgumentError("a notice of success tells of none");
    }
    proven.raw.subject = order.payment.value();
    proven.payment = std::move(order.payment);
    proven.order = std::move(order.fact);
    return proven;
  }
  if (sealed.original_type == "refund" && absl::StartsWith(sealed.event_type, "REFUND.")) {
    ASSIGN_OR_RETURN(WechatPayRefund refund, ReadWechatPayRefundNotice(merchant_, content));
    proven.raw.subject = refund.fact.merchant_refund;
    proven.payment = std::move(refund.payment);
    proven.refund = std::move(refund.fact);
    return proven;
  }
  return absl::InvalidArgumentError("a notice of an unknown kind");
}

}  // namespace houbu::payment
