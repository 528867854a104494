/// Contacts: how an account is reached, and in which language.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"

namespace houbu::notification {

/// A way a message reaches its reader, besides the inbox that everybody has (W-09n).
enum class Channel { kSms, kEmail };

/// The name under which a channel is kept: "SMS", "EMAIL".
absl::string_view ChannelName(Channel channel);

/// Reads what ChannelName gave; INTERNAL for anything else, since only we write it.
absl::StatusOr<Channel> ParseChannel(absl::string_view name);

/// No contact is known for this account.
inline constexpr Refusal kContactNotFound{absl::StatusCode::kNotFound, "CONTACT_NOT_FOUND",
                                          "There is no such contact."};

/// How one account is reached.
struct Contact {
  std::string account;  ///< "accounts/ac-...".
  std::string phone;    ///< E.164; personal. Empty while account has not told it.
  std::string email;    ///< Personal. May be empty.
  std::vector<Channel> channels;
  bool channels_chosen = false;    ///< The owner chose; account's news leave the choice alone.
  std::string language = "zh-CN";  ///< "zh-CN" or "en".
};

/// Takes what account knows. Channels follow the addresses until the owner chooses.
Contact WithAddresses(Contact contact, absl::string_view phone, absl::string_view email);

/// What an owner chooses.
struct Preferences {
  std::vector<Channel> channels;
  std::string language;  ///< Empty keeps what is.
  std::string email;     ///< Empty keeps what is.
};

/// Takes the owner's choice; INVALID_REQUEST names a channel whose address is not known.
absl::StatusOr<Contact> WithPreferences(Contact contact, const Preferences& preferences);

/// Shows the last four digits of a phone number: "+86*******0001".
std::string MaskedPhone(absl::string_view phone);

/// Shows the first character and the domain of an address: "l***@example.com".
std::string MaskedEmail(absl::string_view email);

/// Tells whether `phone` is E.164: a plus and 8 to 15 digits, the first not 0.
bool IsPhone(absl::string_view phone);

/// Tells whether `email` looks like an address that can be put in a header: one @, no blanks or
/// control characters, at most 254 bytes.
bool IsEmail(absl::string_view email);

}  // namespace houbu::notification
