#include "libs/observe/log.h"

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "catch2/catch.hpp"
#include "nlohmann/json.hpp"

namespace houbu::observe {
namespace {

const absl::Time kNoon =
    absl::FromCivil(absl::CivilSecond(2026, 12, 1, 4, 0, 0), absl::UTCTimeZone()) +
    absl::Microseconds(1234);

std::string Render(const std::vector<Field>& fields) {
  return RenderLine(kNoon, Level::kInfo, "slot", "booking_created", fields);
}

TEST_CASE("an event is one line with its time, level, service, name and fields", "[observe][log]") {
  const std::vector<Field> fields = {
      Field("booking", "bookings/bk-1"), Field("legs", 3), Field("paid", true),
      Field("took_us", absl::Milliseconds(2)),
      TraceField("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01")};
  CHECK(Render(fields) ==
        R"({"ts":"2026-12-01T04:00:00.001234Z","level":"info","svc":"slot",)"
        R"("event":"booking_created","booking":"bookings/bk-1","legs":3,"paid":true,)"
        R"("took_us":2000,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"})");
}

TEST_CASE("no field can forge a line, an escape sequence or a key of the log", "[observe][log]") {
  const std::vector<std::string> hostile = {"a\r\n{\"level\":\"error\"}",
                                            "\x1b[2J\x1b[31mred",
                                            "\x7f\b\t",
                                            "quote\" and \\ slash",
                                            "\xc2\x9b"
                                            "31m",
                                            "line\xe2\x80\xa8separator\xe2\x80\xa9",
                                            std::string("nul\0byte", 8),
                                            "not utf-8 \xff\xfe\xc3("};
  for (const std::string& value : hostile) {
    const std::string line = Render({Field("name", value)});
    CAPTURE(line);
    for (const char c : line) {
      const auto byte = static_cast<unsigned char>(c);
      CHECK((byte >= 0x20 && byte != 0x7F));
    }
    CHECK(line.find("\xe2\x80\xa8") == std::string::npos);
    CHECK(line.find("\xc2\x9b") == std::string::npos);
    const nlohmann::json parsed = nlohmann::json::parse(line);
    CHECK(parsed.at("level") == "info");
    CHECK(parsed.size() == 5);
  }
  const nlohmann::json parsed = nlohmann::json::parse(Render({Field("level", "fatal")}));
  CHECK(parsed.at("level") == "info");
  CHECK(parsed.at("field_level") == "fatal");
}

TEST_CASE("text survives the escaping whole", "[observe][log]") {
  for (const std::string& value : {std::string("旅客甲\r\nb"), std::string("\xc2\x85 \xe2\x80\xa8"),
                                   std::string("\x1b[0m"), std::string("é\u00a0—")}) {
    const nlohmann::json parsed = nlohmann::json::parse(Render({Field("name", value)}));
    CHECK(parsed.at("name") == value);
  }
}

TEST_CASE("a personal value says only that it was there", "[observe][log]") {
  const std::string line = Render({Masked("phone", "+8613800000000"), Masked("email", "")});
  CHECK(line.find("138") == std::string::npos);
  const nlohmann::json parsed = nlohmann::json::parse(line);
  CHECK(parsed.at("phone") == "[masked]");
  CHECK(parsed.at("email") == "");
}

}  // namespace
}  // namespace houbu::observe
