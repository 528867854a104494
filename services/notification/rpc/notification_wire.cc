#include "services/notification/rpc/notification_wire.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::notification {
namespace {

void RequireLanguage(Violations& violations, absl::string_view language) {
  if (!language.empty() && language != "zh-CN" && language != "en") {
    violations.Add("language_code", "must be \"zh-CN\" or \"en\", or empty for the default");
  }
}

void AllowEmail(Violations& violations, absl::string_view email) {
  if (!email.empty() && !IsEmail(email)) {
    violations.Add("email", "must be an e-mail address such as name@example.com");
  }
}

void RequirePhone(Violations& violations, absl::string_view phone) {
  if (!IsPhone(phone)) {
    violations.Add("phone", "must be E.164: a plus and 8 to 15 digits, e.g. +8613800000000");
  }
}

constexpr int kParametersMax = 20;
constexpr int kParameterCharactersMax = 500;

}  // namespace

absl::Status Check(const v1::UpdateContactRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "account", request.account(), "accounts/{account}");
  RequirePhone(violations, request.phone());
  AllowEmail(violations, request.email());
  return violations.ToStatus();
}

absl::StatusOr<Preferences> FromWire(const v1::UpdatePreferencesRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "name", request.name(), "accounts/{account}/contact");
  RequireLanguage(violations, request.language_code());
  AllowEmail(violations, request.email());
  Preferences preferences;
  preferences.language = request.language_code();
  preferences.email = request.email();
  for (int i = 0; i < request.channels_size(); ++i) {
    switch (request.channels(i)) {
      case v1::CHANNEL_SMS:
        preferences.channels.push_back(Channel::kSms);
        break;
      case v1::CHANNEL_EMAIL:
        preferences.channels.push_back(Channel::kEmail);
        break;
      case v1::CHANNEL_INBOX:
        break;  // always on
      default:
        violations.Add(absl::StrCat("channels[", i, "]"),
                       "must be CHANNEL_SMS, CHANNEL_EMAIL or CHANNEL_INBOX");
    }
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  return preferences;
}

absl::StatusOr<News> FromWire(const v1::SendMessageRequest& request) {
  Violations violations;
  rpc::RequireName(violations, "account", request.account(), "accounts/{account}");
  rpc::RequireEnum<v1::Event>(violations, "event", request.event(), v1::Event_IsValid);
  rpc::RequireText(violations, "subject", request.subject(), 200);
  rpc::RequireTime(violations, "event_time", request.has_event_time(), request.event_time());
  if (request.parameters_size() > kParametersMax) {
    violations.Add("parameters", absl::StrCat("takes at most ", kParametersMax, " values"));
  }
  News news;
  for (const auto& [key, value] : request.parameters()) {
    rpc::AllowText(violations, absl::StrCat("parameters[", key, "]"), value,
                   kParameterCharactersMax);
    news.parameters[key] = value;
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  news.account = request.account();
  absl::StatusOr<Event> event =
      ParseEvent(absl::string_view(v1::Event_Name(request.event())).substr(sizeof("EVENT")));
  if (!event.ok()) {
    return event.status();
  }
  news.event = *event;
  news.subject = request.subject();
  return news;
}

absl::StatusOr<CodeDispatch> FromWire(const v1::SendCodeRequest& request) {
  Violations violations;
  if (request.email().empty()) {
    RequirePhone(violations, request.phone());
  } else if (!request.phone().empty()) {
    violations.Add("email", "must be empty where there is a phone");
  }
  AllowEmail(violations, request.email());
  rpc::RequireText(violations, "code", request.code(), 16);
  rpc::RequireTime(violations, "expire_time", request.has_expire_time(), request.expire_time());
  RequireLanguage(violations, request.language_code());
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  CodeDispatch dispatch;
  dispatch.channel = request.email().empty() ? Channel::kSms : Channel::kEmail;
  dispatch.recipient = request.email().empty() ? request.phone() : request.email();
  dispatch.code = request.code();
  dispatch.language = request.language_code();
  return dispatch;
}

std::optional<DeliveryState> FromWire(v1::Delivery::State state) {
  switch (state) {
    case v1::Delivery::STATE_PENDING:
      return DeliveryState::kPending;
    case v1::Delivery::STATE_DELIVERED:
      return DeliveryState::kDelivered;
    case v1::Delivery::STATE_UNDELIVERABLE:
      return DeliveryState::kUndeliverable;
    default:
      return std::nullopt;
  }
}

v1::Contact ToWire(const Contact& contact) {
  v1::Contact wire;
  wire.set_name(absl::StrCat(contact.account, "/contact"));
  wire.set_masked_phone(MaskedPhone(contact.phone));
  wire.set_masked_email(MaskedEmail(contact.email));
  for (const Channel channel : contact.channels) {
    wire.add_channels(channel == Channel::kSms ? v1::CHANNEL_SMS : v1::CHANNEL_EMAIL);
  }
  wire.set_language_code(contact.language);
  return wire;
}

v1::Message ToWire(const Message& message) {
  v1::Message wire;
  wire.set_name(absl::StrCat(message.account, "/messages/", message.id));
  v1::Event event = v1::EVENT_UNSPECIFIED;
  v1::Event_Parse(absl::StrCat("EVENT_", EventName(message.event)), &event);
  wire.set_event(event);
  wire.set_subject(message.subject);
  wire.set_title(message.text.title);
  wire.set_body(message.text.body);
  *wire.mutable_create_time() = rpc::ToWire(message.created_at);
  return wire;
}

v1::Delivery ToWire(const Delivery& delivery) {
  v1::Delivery wire;
  wire.set_name(absl::StrCat("deliveries/", delivery.id));
  wire.set_message(delivery.message);
  wire.set_channel(delivery.channel == Channel::kSms ? v1::CHANNEL_SMS : v1::CHANNEL_EMAIL);
  v1::Delivery::State state = v1::Delivery::STATE_UNSPECIFIED;
  v1::Delivery::State_Parse(absl::StrCat("STATE_", DeliveryStateName(delivery.state)), &state);
  wire.set_state(state);
  wire.set_attempts(delivery.attempts);
  wire.set_last_error(delivery.last_error);
  wire.set_message_id(MessageIdOf(delivery));
  if (delivery.delivered_at != absl::InfiniteFuture()) {
    *wire.mutable_deliver_time() = rpc::ToWire(delivery.delivered_at);
  }
  return wire;
}

}  // namespace houbu::notification
