#include "services/payment/storage/names.h"

#include "absl/strings/str_cat.h"

namespace houbu::payment {
namespace {

absl::Status UnknownWord(absl::string_view word) {
  return absl::InternalError(absl::StrCat("a row has the unknown word ", word));
}

// The enum values from 0 to `last` are tried in turn: there are few.
template <class Enum>
absl::StatusOr<Enum> Find(absl::string_view word, Enum last) {
  for (int value = 0; value <= static_cast<int>(last); ++value) {
    if (WordOf(static_cast<Enum>(value)) == word) return static_cast<Enum>(value);
  }
  return UnknownWord(word);
}

}  // namespace

std::string WordOf(Product product) {
  switch (product) {
    case Product::kRail:
      return "RAIL";
    case Product::kAppointment:
      return "APPOINTMENT";
    case Product::kPrepayment:
      return "PREPAYMENT";
  }
  return "";
}

std::string WordOf(PaymentState state) {
  switch (state) {
    case PaymentState::kCreated:
      return "CREATED";
    case PaymentState::kPending:
      return "PENDING";
    case PaymentState::kSucceeded:
      return "SUCCEEDED";
    case PaymentState::kClosed:
      return "CLOSED";
  }
  return "";
}

std::string WordOf(RefundReason reason) {
  switch (reason) {
    case RefundReason::kCancelled:
      return "CANCELLED";
    case RefundReason::kLate:
      return "LATE";
    case RefundReason::kWaitlistEnded:
      return "WAITLIST_ENDED";
    case RefundReason::kDifference:
      return "DIFFERENCE";
    case RefundReason::kUnexpected:
      return "UNEXPECTED";
    case RefundReason::kByHand:
      return "BY_HAND";
  }
  return "";
}

std::string WordOf(RefundState state) {
  switch (state) {
    case RefundState::kPending:
      return "PENDING";
    case RefundState::kSucceeded:
      return "SUCCEEDED";
    case RefundState::kFailed:
      return "FAILED";
  }
  return "";
}

absl::StatusOr<Product> ProductOf(absl::string_view word) {
  return Find(word, Product::kPrepayment);
}

absl::StatusOr<PaymentState> PaymentStateOf(absl::string_view word) {
  return Find(word, PaymentState::kClosed);
}

absl::StatusOr<RefundReason> RefundReasonOf(absl::string_view word) {
  return Find(word, RefundReason::kByHand);
}

absl::StatusOr<RefundState> RefundStateOf(absl::string_view word) {
  return Find(word, RefundState::kFailed);
}

absl::StatusOr<Channel> ChannelOf(absl::string_view word) {
  const std::optional<Channel> channel = ChannelNamed(word);
  if (!channel.has_value()) return UnknownWord(word);
  return *channel;
}

}  // namespace houbu::payment
