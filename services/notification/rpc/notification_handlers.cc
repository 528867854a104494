#include "services/notification/rpc/notification_handlers.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/notification/rpc/notification_wire.h"

namespace houbu::notification {
namespace {

constexpr rpc::PageLimits kInboxPages{.size_default = 50, .size_max = 200};
constexpr rpc::PageLimits kDeliveryPages{.size_default = 100, .size_max = 1000};

v1::Contact RenderContact(const Contact& contact) { return ToWire(contact); }

v1::Message RenderMessage(const Message& message) { return ToWire(message); }

v1::SendCodeResponse RenderCodeTaken(const Delivery&) { return {}; }

/// Another account's contact is as good as absent.
absl::Status CheckOwner(const rpc::Call& call, absl::string_view account) {
  return call.caller.account == std::string(account) ? absl::OkStatus() : Refuse(kContactNotFound);
}

absl::StatusOr<Page> PageOf(Violations violations, absl::string_view filter,
                            absl::string_view token, int size, rpc::PageLimits limits) {
  Page page;
  page.size = rpc::PageSize(violations, size, limits);
  const std::string position = rpc::DecodePageToken(violations, filter, token);
  if (!position.empty() && !absl::SimpleAtoi(position, &page.after)) {
    violations.Add("page_token", "is not a token this list gave");
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  return page;
}

}  // namespace

Task<v1::Contact> NotificationHandlers::TakeAddresses(const rpc::Call& call,
                                                      const v1::UpdateContactRequest& request) {
  CO_RETURN_IF_ERROR(Check(request));
  Mutation<Contact> mutation = rpc::Answering<Contact>(call, RenderContact);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await contacts_.UpdateAddresses(request.account(), request.phone(),
                                                         request.email(), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Contact>(answer);
}

Task<v1::Contact> NotificationHandlers::ShowContact(const rpc::Call& call,
                                                    const v1::GetContactRequest& request) {
  CO_RETURN_IF_ERROR(
      CheckOwner(call, absl::StripSuffix(absl::string_view(request.name()), "/contact")));
  ASSIGN_OR_CO_RETURN(const Contact contact, co_await contacts_.Get(call.caller.account));
  co_return ToWire(contact);
}

Task<v1::Contact> NotificationHandlers::TakePreferences(
    const rpc::Call& call, const v1::UpdatePreferencesRequest& request) {
  ASSIGN_OR_CO_RETURN(Preferences preferences, FromWire(request));
  CO_RETURN_IF_ERROR(
      CheckOwner(call, absl::StripSuffix(absl::string_view(request.name()), "/contact")));
  Mutation<Contact> mutation = rpc::Answering<Contact>(call, RenderContact);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await contacts_.Choose(call.caller.account, std::move(preferences), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Contact>(answer);
}

Task<v1::Message> NotificationHandlers::TakeMessage(const rpc::Call& call,
                                                    const v1::SendMessageRequest& request) {
  ASSIGN_OR_CO_RETURN(News news, FromWire(request));
  Mutation<Message> mutation = rpc::Answering<Message>(call, RenderMessage);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await messages_.Tell(std::move(news), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Message>(answer);
}

Task<v1::SendCodeResponse> NotificationHandlers::TakeCode(const rpc::Call& call,
                                                          const v1::SendCodeRequest& request) {
  ASSIGN_OR_CO_RETURN(CodeDispatch dispatch, FromWire(request));
  Mutation<Delivery> mutation = rpc::Answering<Delivery>(call, RenderCodeTaken);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await messages_.SendCode(std::move(dispatch), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::SendCodeResponse>(answer);
}

Task<v1::ListMessagesResponse> NotificationHandlers::ShowInbox(
    const rpc::Call& call, const v1::ListMessagesRequest& request) {
  CO_RETURN_IF_ERROR(CheckOwner(call, request.parent()));
  const std::string filter = absl::StrCat("messages/", request.parent());
  ASSIGN_OR_CO_RETURN(const Page page, PageOf(Violations(), filter, request.page_token(),
                                              request.page_size(), kInboxPages));
  ASSIGN_OR_CO_RETURN(const std::vector<Message> messages,
                      co_await messages_.ListMessages(request.parent(), page));
  v1::ListMessagesResponse response;
  for (const Message& message : messages) {
    *response.add_messages() = ToWire(message);
  }
  if (static_cast<int>(messages.size()) == page.size) {
    response.set_next_page_token(
        rpc::EncodePageToken(filter, absl::StrCat(messages.back().position)));
  }
  co_return response;
}

Task<v1::ListDeliveriesResponse> NotificationHandlers::ShowDeliveries(
    const rpc::Call&, const v1::ListDeliveriesRequest& request) {
  Violations violations;
  if (!v1::Delivery::State_IsValid(request.state())) {
    violations.Add("state", "is not a known value");
  }
  const std::string filter = absl::StrCat("deliveries/", static_cast<int>(request.state()));
  ASSIGN_OR_CO_RETURN(const Page page, PageOf(std::move(violations), filter, request.page_token(),
                                              request.page_size(), kDeliveryPages));
  const std::optional<DeliveryState> state = FromWire(request.state());
  ASSIGN_OR_CO_RETURN(const std::vector<Delivery> deliveries,
                      co_await messages_.ListDeliveries(state, page));
  v1::ListDeliveriesResponse response;
  for (const Delivery& delivery : deliveries) {
    *response.add_deliveries() = ToWire(delivery);
  }
  if (static_cast<int>(deliveries.size()) == page.size) {
    response.set_next_page_token(
        rpc::EncodePageToken(filter, absl::StrCat(deliveries.back().position)));
  }
  co_return response;
}

}  // namespace houbu::notification
