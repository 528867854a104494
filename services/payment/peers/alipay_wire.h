/// Alipay's wire format below the level of orders: forms, what is signed of them, the signed part
/// of an answer, amounts in yuan and times of Beijing.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "libs/base/money.h"
#include "services/payment/domain/payment.h"

namespace houbu::payment {

/// The fields of a request or callback by name, in the order they are signed in.
using AlipayFields = std::map<std::string, std::string>;

/// What is signed of a request: every field but `sign` that is not empty, "name=value" joined by
/// "&". Values as they are, neither encoded nor decoded.
std::string SignedTextOfRequest(const AlipayFields& fields);

/// What is signed of a callback: every field but `sign` and `sign_type`. Values as the form had
/// them, decoded from the form once and never a second time: a "%41" or "+" in a value stays one.
std::string SignedTextOfNotice(const AlipayFields& fields);

/// Writes a form (application/x-www-form-urlencoded).
std::string RenderForm(const AlipayFields& fields);

/// Reads a form. INVALID_ARGUMENT for a broken percent sign, a part without "=", an empty name or
/// a name that comes twice: two readers might believe two things.
absl::StatusOr<AlipayFields> ParseForm(absl::string_view form);

/// An answer of the gateway, taken apart but not believed.
struct SignedAnswer {
  std::string content;    ///< What is signed: the member's text, byte for byte.
  std::string sign;       ///< Base64; "" where there is none.
  bool is_error = false;  ///< The member is `error_response`, which nobody signs.
};

/// Cuts the answer to `method` out of a body. INVALID_ARGUMENT when the body is no JSON object,
/// lacks the member, or has it or `sign` twice.
absl::StatusOr<SignedAnswer> CutAnswer(absl::string_view body, absl::string_view method);

/// Reads yuan as Alipay writes them: "88.88", "88.8", "88"; no sign, no more than two decimals.
absl::StatusOr<Money> ParseYuan(absl::string_view text);

/// Writes a time as Alipay wants it: "2026-11-21 17:20:00" in Beijing.
std::string FormatBeijing(absl::Time time);

/// Reads a time of Beijing.
absl::StatusOr<absl::Time> ParseBeijing(absl::string_view text);

/// The name of a payment or refund as Alipay takes it, which knows no dashes: "py_...".
std::string NameAtAlipay(absl::string_view id);

/// Our id behind a name Alipay was given; INVALID_ARGUMENT when it is not one of ours.
absl::StatusOr<PaymentId> PaymentAtAlipay(absl::string_view out_trade_no);

/// Our name of the refund behind a name Alipay was given; the name itself when it is not one of
/// ours.
std::string RefundAtAlipay(absl::string_view out_request_no);

}  // namespace houbu::payment
