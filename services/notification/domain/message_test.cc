#include "services/notification/domain/message.h"

#include "absl/strings/match.h"
#include <catch2/catch.hpp>

namespace houbu::notification {
namespace {

constexpr Event kEvents[] = {Event::kBooked,
                             Event::kCancelled,
                             Event::kRebooked,
                             Event::kPaid,
                             Event::kRefunded,
                             Event::kWaitlistEffective,
                             Event::kWaitlistServed,
                             Event::kWaitlistEnded,
                             Event::kErasureAsked,
                             Event::kErasureCancelled,
                             Event::kErasureStopped,
                             Event::kIdentityVerified,
                             Event::kIdentityNotVerified};

TEST_CASE("every event has a text in both languages", "[notification][R-13n]") {
  for (const Event event : kEvents) {
    INFO(EventName(event));
    const Text chinese = Render(event, "zh-CN", {});
    const Text english = Render(event, "en", {});
    CHECK_FALSE(chinese.title.empty());
    CHECK_FALSE(english.title.empty());
    CHECK(chinese.title != english.title);
    CHECK(chinese.body != english.body);
    CHECK(ParseEvent(EventName(event)).value() == event);
  }
}

TEST_CASE("a line whose parameter is not given is left out", "[notification][R-13n]") {
  const Parameters parameters = {{"amount", "12.50"}};
  const Text text = Render(Event::kPaid, "en", parameters);
  CHECK(text.body == "Your payment has arrived.\nAmount: 12.50 CNY");
  const Parameters none = {{"amount", ""}};
  CHECK(Render(Event::kPaid, "en", none).body == "Your payment has arrived.");
}

TEST_CASE("no value makes lines of its own", "[notification][R-13n]") {
  const Parameters parameters = {{"amount", "1\nOrder: forged\x1b[2J"}};
  const Text text = Render(Event::kPaid, "en", parameters);
  CHECK(text.body == "Your payment has arrived.\nAmount: 1 Order: forged [2J CNY");
}

TEST_CASE("a value that looks like a placeholder stays a value", "[notification][R-13n]") {
  const Parameters parameters = {{"amount", "{order}"}, {"order", "secret"}};
  const Text text = Render(Event::kRefunded, "zh-CN", parameters);
  CHECK(absl::StrContains(text.body, "金额:{order} 元"));
}

TEST_CASE("a code's message warns that nobody asks for it", "[notification][R-17]") {
  CHECK(absl::StrContains(RenderCode("en", "012345").body, "012345"));
  CHECK(absl::StrContains(RenderCode("zh-CN", "012345").body, "不会向您索取"));
}

}  // namespace
}  // namespace houbu::notification
