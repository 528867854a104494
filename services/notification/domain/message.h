/// Messages: what happened, in the reader's words.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace houbu::notification {

/// What a message tells (R-13n).
enum class Event {
  kBooked,
  kCancelled,
  kRebooked,
  kPaid,
  kRefunded,
  kWaitlistEffective,
  kWaitlistServed,
  kWaitlistEnded,
  kIdentityVerified,
  kIdentityNotVerified,
  kErasureAsked,
  kErasureCancelled,
  kErasureStopped,
};

/// The name under which an event is kept: "BOOKED".
absl::string_view EventName(Event event);

/// Reads what EventName gave; INTERNAL for anything else, since only we write it.
absl::StatusOr<Event> ParseEvent(absl::string_view name);

/// The values a template may name: number, title, date, from, to, class, places, amount, reason,
/// deadline, time. They hold no personal numbers.
using Parameters = std::map<std::string, std::string>;

/// A title and a body in one language.
struct Text {
  std::string title;
  std::string body;
};

/// Writes an event in `language` ("en", else zh-CN). A line of the body that names a parameter
/// which is not given is left out.
Text Render(Event event, absl::string_view language, const Parameters& parameters);

/// Writes a one-time code in `language`. Says that nobody will ever ask for a password.
Text RenderCode(absl::string_view language, absl::string_view code);

/// One message of an inbox.
struct Message {
  std::string id;       ///< "ms-...".
  std::string account;  ///< "accounts/ac-...".
  Event event = Event::kBooked;
  std::string subject;  ///< What it happened to, "bookings/bk-...".
  Text text;
  absl::Time created_at;
  std::int64_t position = 0;  ///< Its place in the inbox; grows.
};

}  // namespace houbu::notification
