#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/rpc/flight.h"
#include "libs/rpc/page.h"
#include "libs/rpc/status.h"
#include "libs/rpc/traceparent.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::rpc {

TEST_CASE("a status says the same after the wire", "[rpc][status]") {
  Violations violations;
  violations.Add("passengers[1].name", "is required");
  violations.Add("request_id", "is required");
  constexpr Refusal kTooLate{absl::StatusCode::kFailedPrecondition, "TOO_LATE", "It is too late."};
  const std::vector<absl::Status> statuses = {
      Refuse(kTooLate), Refuse(kTooLate, {{"by", "3 min"}, {"day", "2026-12-01"}}),
      violations.ToStatus()};
  for (const absl::Status& status : statuses) {
    const absl::Status back = FromWire(ToWire(status));
    CHECK(back.code() == status.code());
    CHECK(back.message() == status.message());
    CHECK(ReasonOf(back) == ReasonOf(status));
    CHECK(MetadataOf(back) == MetadataOf(status));
    CHECK(ViolationsOf(back) == ViolationsOf(status));
  }
  CHECK(FromWire(ToWire(absl::OkStatus())).ok());
  CHECK(RetryAfterOf(FromWire(ToWire(absl::UnavailableError("x")))).has_value());
  CHECK(ReasonOf(FromWire(ToWire(absl::UnavailableError("x")))).empty());
  CHECK(FromWire(ToWire(absl::InternalError("secret"))).message() ==
        "Something went wrong on our side.");
  CHECK(FromWire(grpc::Status(grpc::StatusCode::NOT_FOUND, "plain", "no proto")).message() ==
        "plain");
}

TEST_CASE("values survive the wire and malformed ones do not pass", "[rpc][wire]") {
  CHECK(*FromWire(ToWire(Fen(-123))) == Fen(-123));
  type::v1::Money money;
  money.set_currency_code("yuan");
  CHECK_FALSE(FromWire(money).ok());
  for (const absl::Time time : {absl::FromUnixMicros(-1), absl::FromUnixMicros(1793491200123456),
                                absl::FromUnixSeconds(0)}) {
    CHECK(*FromWire(ToWire(time)) == time);
  }
  google::protobuf::Timestamp timestamp;
  timestamp.set_nanos(-1);
  CHECK_FALSE(FromWire(timestamp).ok());
  timestamp.set_nanos(0);
  timestamp.set_seconds(253402300800);
  CHECK_FALSE(FromWire(timestamp).ok());
  CHECK(*FromWire(ToWire(absl::Milliseconds(-1500))) == absl::Milliseconds(-1500));
  google::protobuf::Duration mixed;
  mixed.set_seconds(1);
  mixed.set_nanos(-1);
  CHECK_FALSE(FromWire(mixed).ok());
  CHECK(*FromWire(ToWire(absl::CivilDay(2028, 2, 29))) == absl::CivilDay(2028, 2, 29));
  type::v1::Date date;
  date.set_year(2026);
  date.set_month(2);
  date.set_day(29);
  CHECK_FALSE(FromWire(date).ok());
  CHECK_FALSE(FromWire(type::v1::Date()).ok());
  CHECK_FALSE(ParseAnswer<type::v1::Date>("\xff").ok());
}

TEST_CASE("a page token opens its own list and no other", "[rpc][page]") {
  Violations none;
  const std::string token = EncodePageToken("accounts/a/bookings", "2026-11-01|bk-1");
  CHECK(DecodePageToken(none, "accounts/a/bookings", token) == "2026-11-01|bk-1");
  CHECK(DecodePageToken(none, "accounts/a/bookings", "").empty());
  CHECK(none.empty());
  std::string damaged = token;
  damaged[15] = damaged[15] == 'A' ? 'B' : 'A';
  for (const auto& [filter, text] :
       std::vector<std::pair<std::string, std::string>>{{"accounts/b/bookings", token},
                                                        {"accounts/a/bookings", damaged},
                                                        {"accounts/a/bookings", token + "A"},
                                                        {"accounts/a/bookings", "%%%"},
                                                        {"accounts/a/bookings", "AQ"}}) {
    Violations violations;
    CHECK(DecodePageToken(violations, filter, text).empty());
    CHECK_FALSE(violations.empty());
  }
  Violations sizes;
  CHECK(PageSize(sizes, 0) == 50);
  CHECK(PageSize(sizes, 20) == 20);
  CHECK(PageSize(sizes, 100000) == 200);
  CHECK(sizes.empty());
  PageSize(sizes, -1);
  CHECK_FALSE(sizes.empty());
}

TEST_CASE("field checks note everything that is wrong", "[rpc][validate]") {
  Violations violations;
  RequireText(violations, "ok", "旅客甲", 3);
  RequireInRange(violations, "ok", 1, {.min = 1, .max = 1});
  RequireCount(violations, "ok", 5, {.min = 1, .max = 5});
  AllowText(violations, "ok", "", 1);
  CHECK(violations.empty());
  RequireText(violations, "long", "旅客甲", 2);
  RequireText(violations, "control", "a\nb", 9);
  RequireText(violations, "utf8", "\xff", 9);
  RequireNonEmpty(violations, "empty", "");
  RequireInRange(violations, "range", 2, {.min = 0, .max = 1});
  RequireCount(violations, "count", 6, {.min = 1, .max = 5});
  RequireTime(violations, "time", false, google::protobuf::Timestamp());
  RequireDate(violations, "date", true, type::v1::Date());
  RequireMoney(violations, "money", true, ToWire(Fen(-1)));
  CHECK(RequireName(violations, "name", "accounts/A", "accounts/{account}").size() == 1);
  const std::vector<Violation> found = ViolationsOf(violations.ToStatus());
  std::string fields;
  for (const Violation& violation : found) fields += violation.field + " ";
  CHECK(fields == "long control utf8 empty range count time date money.minor_units name ");
}

TEST_CASE("resource names split along their pattern", "[rpc][validate]") {
  const auto ids =
      ParseName("accounts/{account}/passengers/{passenger}", "accounts/ac-1/passengers/pa-2");
  REQUIRE(ids.has_value());
  CHECK(*ids == std::vector<std::string>{"ac-1", "pa-2"});
  for (const char* name : {"accounts/ac-1/passengers/", "accounts/ac-1", "", "runs/a/passengers/b",
                           "accounts/a b/passengers/c", "accounts/a/passengers/b/c"}) {
    INFO(name);
    CHECK_FALSE(ParseName("accounts/{account}/passengers/{passenger}", name).has_value());
  }
}

TEST_CASE("a span is a child of its trace", "[rpc][trace]") {
  const std::string parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  const std::string child = ChildTraceparent(parent);
  CHECK(IsTraceparent(child));
  CHECK(TraceIdOf(child) == "0af7651916cd43dd8448eb211c80319c");
  CHECK(child != parent);
  CHECK(child.substr(52) == "-00");
  for (const char* text : {"", "00-x", "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                           "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                           "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                           "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}) {
    INFO(text);
    CHECK_FALSE(IsTraceparent(text));
    CHECK(IsTraceparent(ChildTraceparent(text)));
  }
  CHECK(MethodAt("/houbu.payment.v1.PaymentService/CreatePayment").service ==
        "houbu.payment.v1.PaymentService");
  CHECK(MethodAt("nonsense").service == "_OTHER");
}

}  // namespace houbu::rpc
