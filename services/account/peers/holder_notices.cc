#include "services/account/peers/holder_notices.h"

#include "absl/strings/str_cat.h"

#include "libs/base/id.h"
#include "libs/rpc/wire.h"

#include "houbu/notification/v1/notification.pb.h"

namespace houbu::account {

postgres::OutboxCall EncodeHolderNotice(const CheckEnding& ending, absl::Time now) {
  const std::string account = absl::StrCat("accounts/", ending.check.account);
  postgres::OutboxCall call;
  call.id = DerivedId("ob", ending.check.id);
  call.aggregate = absl::StrCat(account, "/messages");
  call.target = "notification";
  call.method = "/houbu.notification.v1.NotificationService/SendMessage";
  call.due_at = now;
  notification::v1::SendMessageRequest request;
  request.set_request_id(call.id);
  request.set_account(account);
  const bool is_verified = ending.verdict.verification == Verification::kVerified;
  request.set_event(is_verified ? notification::v1::EVENT_IDENTITY_VERIFIED
                                : notification::v1::EVENT_IDENTITY_NOT_VERIFIED);
  request.set_subject(account);
  if (!is_verified) {
    (*request.mutable_parameters())["reason"] = ending.verdict.reason;
  }
  *request.mutable_event_time() = rpc::ToWire(now);
  call.payload = request.SerializeAsString();
  return call;
}

}  // namespace houbu::account
