#include "services/account/peers/erasure_calls.h"

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/rpc/wire.h"

#include "houbu/account/v1/erasure.pb.h"
#include "houbu/notification/v1/notification.pb.h"

namespace houbu::account {
namespace {

/// What the owner hears of a state; nothing of those in between, and nobody is left after the last.
std::optional<notification::v1::Event> EventOf(ErasureState state) {
  switch (state) {
    case ErasureState::kAsked:
      return notification::v1::EVENT_ERASURE_ASKED;
    case ErasureState::kCancelled:
      return notification::v1::EVENT_ERASURE_CANCELLED;
    case ErasureState::kStopped:
      return notification::v1::EVENT_ERASURE_STOPPED;
    case ErasureState::kClosing:
    case ErasureState::kDone:
      return std::nullopt;
  }
  return std::nullopt;
}

postgres::OutboxCall CallTo(const Erasure& erasure, std::string target, std::string id,
                            absl::Time now) {
  postgres::OutboxCall call;
  call.aggregate = absl::StrCat(NameOf(erasure), "/", target);
  call.target = std::move(target);
  call.id = std::move(id);
  call.due_at = now;
  return call;
}

postgres::OutboxCall OwnerTold(const Erasure& erasure, notification::v1::Event event,
                               std::string id, absl::Time now) {
  notification::v1::SendMessageRequest request;
  request.set_request_id(id);
  request.set_account(absl::StrCat("accounts/", erasure.account));
  request.set_event(event);
  request.set_subject(NameOf(erasure));
  *request.mutable_event_time() = rpc::ToWire(now);
  (*request.mutable_parameters())["time"] =
      absl::FormatTime("%Y-%m-%d %H:%M UTC", erasure.erase_at, absl::UTCTimeZone());
  postgres::OutboxCall call = CallTo(erasure, "notification", std::move(id), now);
  call.method = "/houbu.notification.v1.NotificationService/SendMessage";
  call.payload = request.SerializeAsString();
  return call;
}

postgres::OutboxCall ErasureHeard(const Erasure& erasure, std::string target, std::string id,
                                  absl::Time now) {
  v1::OnAccountErasedRequest request;
  request.set_request_id(id);
  request.set_account(absl::StrCat("accounts/", erasure.account));
  *request.mutable_erase_time() = rpc::ToWire(now);
  postgres::OutboxCall call = CallTo(erasure, std::move(target), std::move(id), now);
  call.method = "/houbu.account.v1.ErasureListenerService/OnAccountErased";
  call.payload = request.SerializeAsString();
  return call;
}

}  // namespace

std::vector<postgres::OutboxCall> CallsOf(const Erasure& erasure, IdSource& ids, absl::Time now) {
  std::vector<postgres::OutboxCall> calls;
  if (const std::optional<notification::v1::Event> event = EventOf(erasure.state)) {
    calls.push_back(OwnerTold(erasure, *event, ids.Next("ob"), now));
  }
  if (erasure.state == ErasureState::kDone) {
    for (const char* const target : {"slot", "waitlist", "payment", "notification"}) {
      calls.push_back(ErasureHeard(erasure, target, ids.Next("ob"), now));
    }
  }
  return calls;
}

}  // namespace houbu::account
