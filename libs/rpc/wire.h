/// Values between their wire form and ours.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/strings/string_view.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>

#include <string>

#include "libs/base/money.h"

#include "houbu/type/v1/date.pb.h"
#include "houbu/type/v1/money.pb.h"

namespace houbu::rpc {

/// Gives the wire form of an amount.
type::v1::Money ToWire(const Money& money);
/// Gives the wire form of a time, to the microsecond (what the database keeps).
google::protobuf::Timestamp ToWire(absl::Time time);
/// Gives the wire form of a span of time.
google::protobuf::Duration ToWire(absl::Duration duration);
/// Gives the wire form of a civil date.
type::v1::Date ToWire(absl::CivilDay day);

/// Reads an amount; INVALID_ARGUMENT for a currency that is not three capital letters.
absl::StatusOr<Money> FromWire(const type::v1::Money& money);
/// Reads a time, cut to the microsecond; INVALID_ARGUMENT outside years 1 to 9999 or for bad nanos.
absl::StatusOr<absl::Time> FromWire(const google::protobuf::Timestamp& time);
/// Reads a span; INVALID_ARGUMENT outside protobuf's range or with mixed signs.
absl::StatusOr<absl::Duration> FromWire(const google::protobuf::Duration& duration);
/// Reads a civil date; INVALID_ARGUMENT for one that is not in the calendar.
absl::StatusOr<absl::CivilDay> FromWire(const type::v1::Date& date);

/// Reads a stored answer back; INTERNAL when the bytes are not a Response.
template <class Response>
absl::StatusOr<Response> ParseAnswer(const std::string& bytes) {
  Response response;
  if (!response.ParseFromString(bytes)) return absl::InternalError("stored answer does not parse");
  return response;
}

}  // namespace houbu::rpc
