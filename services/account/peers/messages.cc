#include "services/account/peers/messages.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/wire.h"

namespace houbu::account {
namespace {

namespace v1 = notification::v1;
using AsyncStub = v1::NotificationService::Stub::async_interface;

constexpr absl::Duration kPatience = absl::Seconds(4);

/// Picks one of a stub's overloads: the one that answers by a callback.
template <class Request, class Response>
using Method = void (AsyncStub::*)(grpc::ClientContext*, const Request*, Response*,
                                   std::function<void(grpc::Status)>);

constexpr Method<v1::SendCodeRequest, v1::SendCodeResponse> kSendCode = &AsyncStub::SendCode;
constexpr Method<v1::UpdateContactRequest, v1::Contact> kUpdateContact = &AsyncStub::UpdateContact;

}  // namespace

Task<void> Messages::SendCode(Challenge challenge, std::string code) {
  v1::SendCodeRequest request;
  request.set_request_id(challenge.id);
  if (GoesByEmail(challenge)) {
    request.set_email(challenge.destination);
  } else {
    request.set_phone(challenge.destination);
  }
  request.set_code(std::move(code));
  *request.mutable_expire_time() = rpc::ToWire(challenge.expires_at);
  request.set_language_code(challenge.language);
  rpc::CallContext context = rpc::Within(kPatience);
  CO_RETURN_IF_ERROR(co_await client_.Call(kSendCode, std::move(request), std::move(context)));
  co_return absl::OkStatus();
}

Task<void> Messages::TellContact(Account account) {
  v1::UpdateContactRequest request;
  request.set_request_id(absl::StrCat(account.id, "-contact-", account.version));
  request.set_account(NameOf(account));
  request.set_phone(account.phone);
  rpc::CallContext context = rpc::Within(kPatience);
  CO_RETURN_IF_ERROR(co_await client_.Call(kUpdateContact, std::move(request), std::move(context)));
  co_return absl::OkStatus();
}

}  // namespace houbu::account
