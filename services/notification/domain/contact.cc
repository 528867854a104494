#include "services/notification/domain/contact.h"

#include <algorithm>

#include "absl/status/statusor.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace houbu::notification {

absl::string_view ChannelName(Channel channel) {
  switch (channel) {
    case Channel::kSms:
      return "SMS";
    case Channel::kEmail:
      return "EMAIL";
  }
  return "";
}

absl::StatusOr<Channel> ParseChannel(absl::string_view name) {
  for (const Channel channel : {Channel::kSms, Channel::kEmail}) {
    if (ChannelName(channel) == name) {
      return channel;
    }
  }
  return absl::InternalError(absl::StrCat("unknown channel ", name));
}

Contact WithAddresses(Contact contact, absl::string_view phone, absl::string_view email) {
  contact.phone = std::string(phone);
  if (!email.empty()) {
    contact.email = std::string(email);
  }
  if (!contact.channels_chosen) {
    contact.channels.assign(1, Channel::kSms);
    if (!contact.email.empty()) {
      contact.channels.push_back(Channel::kEmail);
    }
  }
  return contact;
}

absl::StatusOr<Contact> WithPreferences(Contact contact, const Preferences& preferences) {
  if (!preferences.email.empty()) {
    contact.email = preferences.email;
  }
  if (!preferences.language.empty()) {
    contact.language = preferences.language;
  }
  Violations violations;
  for (std::size_t i = 0; i < preferences.channels.size(); ++i) {
    const bool by_sms = preferences.channels[i] == Channel::kSms;
    if ((by_sms ? contact.phone : contact.email).empty()) {
      violations.Add(absl::StrCat("channels[", i, "]"),
                     by_sms ? "needs a phone number, which this account has not given"
                            : "needs an e-mail address: give one in `email`");
    }
  }
  if (!violations.empty()) {
    return violations.ToStatus();
  }
  contact.channels = preferences.channels;
  contact.channels_chosen = true;
  return contact;
}

std::string MaskedPhone(absl::string_view phone) {
  if (phone.size() <= 7) {
    return std::string(phone.size(), '*');
  }
  const absl::string_view head = phone.substr(0, 3);
  const absl::string_view tail = phone.substr(phone.size() - 4);
  return absl::StrCat(head, std::string(phone.size() - 7, '*'), tail);
}

std::string MaskedEmail(absl::string_view email) {
  const std::size_t at = email.find('@');
  if (at == absl::string_view::npos || at == 0) {
    return std::string(email.size(), '*');
  }
  return absl::StrCat(email.substr(0, 1), "***", email.substr(at));
}

bool IsPhone(absl::string_view phone) {
  if (phone.size() < 9 || phone.size() > 16 || phone[0] != '+' || phone[1] == '0') {
    return false;
  }
  return std::all_of(phone.begin() + 1, phone.end(), absl::ascii_isdigit);
}

bool IsEmail(absl::string_view email) {
  const std::size_t at = email.find('@');
  const bool one_at = at != absl::string_view::npos && at == email.rfind('@');
  if (!one_at || at == 0 || at + 1 == email.size() || email.size() > 254) {
    return false;
  }
  return std::none_of(email.begin(), email.end(), [](char c) {
    return absl::ascii_iscntrl(static_cast<unsigned char>(c)) || c == ' ' || c == ',' || c == '<' ||
           c == '>';
  });
}

}  // namespace houbu::notification
