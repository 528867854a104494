#include "services/notification/peers/sms_carrier.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "nlohmann/json.hpp"

#include "libs/async/status_macros.h"
#include "libs/base/refusal.h"

namespace houbu::notification {
namespace {

constexpr Refusal kSmsRefused{absl::StatusCode::kFailedPrecondition, "SMS_REFUSED",
                              "The carrier refuses this message."};

}  // namespace

Task<void> SmsCarrier::Carry(Delivery delivery) {
  const nlohmann::json body = nlohmann::json::object_t{
      {"message_id", delivery.id}, {"to", delivery.recipient}, {"text", delivery.body}};
  http::Request request;
  request.method = "POST";
  request.url = absl::StrCat(url_, "/v1/messages");
  request.headers.Set("Content-Type", "application/json");
  request.body = body.dump();
  ASSIGN_OR_CO_RETURN(const http::Response response, co_await client_.Send(std::move(request)));
  if (response.status >= 200 && response.status < 300) {
    co_return absl::OkStatus();
  }
  if (response.status >= 400 && response.status < 500 && response.status != 429) {
    co_return Refuse(kSmsRefused);
  }
  co_return absl::UnavailableError(absl::StrCat("the carrier answered ", response.status));
}

}  // namespace houbu::notification
