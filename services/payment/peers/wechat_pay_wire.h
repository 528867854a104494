/// WeChat Pay's JSON (API v3) as our facts, and ours as its JSON. Amounts are fen, times RFC 3339
/// of Beijing. Whatever it sends is checked: its mistake is an outage to us, never a crash.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// A payment WeChat Pay cannot name: its number there is 6 to 32 characters.
inline constexpr Refusal kOrderNumberUnfit{absl::StatusCode::kFailedPrecondition,
                                           "ORDER_NUMBER_UNFIT",
                                           "This payment cannot be named at WeChat Pay."};

/// An amount in another currency than renminbi.
inline constexpr Refusal kCurrencyUnfit{absl::StatusCode::kFailedPrecondition, "CURRENCY_UNFIT",
                                        "WeChat Pay takes renminbi only."};

/// Who we are there.
struct WechatPayMerchant {
  std::string app_id;  ///< "wx...".
  std::string mch_id;  ///< "1900000109".
};

/// What an answer that is no success means.
enum class WechatPayError {
  kOutage,   ///< It or our settings are out of order; asked again.
  kMissing,  ///< It does not know the order or the refund.
  kPaid,     ///< The order is paid.
  kClosed,   ///< The order is closed.
  kTaken,    ///< The number was used with other content.
  kPayer,    ///< The payer's openid is none of our appid's.
  kRefused,  ///< It will not, however often it is asked.
  kOther,    ///< A code we do not know.
};

/// What WeChat Pay says of an order.
struct WechatPayOrder {
  PaymentId payment;
  OrderFact fact;
};

/// What WeChat Pay says of a refund.
struct WechatPayRefund {
  PaymentId payment;
  RefundFact fact;
};

/// A notice with its content still sealed.
struct SealedNotice {
  std::string id;
  std::string event_type;     ///< "TRANSACTION.SUCCESS".
  std::string original_type;  ///< "transaction", "refund".
  std::string ciphertext;     ///< Base64, the tag at its end.
  std::string nonce;
  std::string associated_data;  ///< May be empty.
};

/// The number of a payment there, at most 32 characters: "py-" and 32 hex digits become "py_" and
/// 26 of base32, in small letters; a shorter id stays as it is. kOrderNumberUnfit.
absl::StatusOr<std::string> OutTradeNo(const PaymentId& payment);

/// The payment that has a number; INVALID_ARGUMENT when none of ours can have it.
absl::StatusOr<PaymentId> PaymentNumbered(absl::string_view out_trade_no);

/// How an order is asked for.
struct WechatPayDraft {
  std::string out_trade_no;
  std::string description;  ///< Shown to the payer, at most 127 characters.
  std::string notify_url;
};

/// Renders the body that asks for a code to scan, or, where `request` names a payer, for what a
/// page inside WeChat pays by.
std::string RenderWechatPayOrder(const WechatPayMerchant& merchant, const OrderRequest& request,
                                 const WechatPayDraft& draft);

/// Renders the body that closes an order.
std::string RenderWechatPayClose(const WechatPayMerchant& merchant);

/// Renders the body that asks to give back.
std::string RenderWechatPayRefund(const RefundRequest& request, const std::string& out_trade_no,
                                  const std::string& notify_url);

/// Reads the code to scan; INVALID_ARGUMENT when there is none.
absl::StatusOr<std::string> ReadCodeUrl(absl::string_view body);

/// Reads what a page pays by; INVALID_ARGUMENT when there is nothing.
absl::StatusOr<std::string> ReadPrepayId(absl::string_view body);

/// Reads an order, of an answer or a notice alike. INVALID_ARGUMENT when it is not one or not of
/// `merchant`.
absl::StatusOr<WechatPayOrder> ReadWechatPayOrder(const WechatPayMerchant& merchant,
                                                  absl::string_view body);

/// Reads the answer about a refund; INVALID_ARGUMENT when it is not one.
absl::StatusOr<WechatPayRefund> ReadWechatPayRefund(absl::string_view body);

/// Reads what a notice tells of a refund; INVALID_ARGUMENT when it does not or is not of
/// `merchant`.
absl::StatusOr<WechatPayRefund> ReadWechatPayRefundNotice(const WechatPayMerchant& merchant,
                                                          absl::string_view body);

/// Reads the envelope of a notice; INVALID_ARGUMENT when it is not one or sealed otherwise than by
/// AEAD_AES_256_GCM.
absl::StatusOr<SealedNotice> ReadSealedNotice(absl::string_view body);

/// Where a bill lies, and what proves it.
struct BillPlace {
  std::string url;
  std::string sha1;  ///< Of its bytes, small hex.
};

/// Reads where a bill lies; INVALID_ARGUMENT when it is not said or proven otherwise than by SHA1.
absl::StatusOr<BillPlace> ReadBillPlace(absl::string_view body);

/// Tells whether an answer says that we ask too often.
bool SaysTooFast(int status, absl::string_view body);

/// What an answer of `status` with a body of {"code": ...} means.
WechatPayError ReadWechatPayError(int status, absl::string_view body);

/// The code of an error body, "" when there is none.
std::string ReadWechatPayCode(absl::string_view body);

}  // namespace houbu::payment
