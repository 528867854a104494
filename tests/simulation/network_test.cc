// The network of the simulation itself: it must lose nothing but what the weather takes.
#include "tests/simulation/network.h"

#include <string>

#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

namespace houbu::simulation {
namespace {

// A caller that is down while somebody else commits what it owes, and is back right after.
class OwingWhileDown final {
 public:
  explicit OwingWhileDown(unsigned seed) : scheduler_(seed) {
    sender_.Die();
    outbox_.Add(Owe("first"));
    const absl::Duration away = scheduler_.Between(absl::Milliseconds(1), absl::Milliseconds(300));
    scheduler_.After(outside_, away, [this] {
      sender_.Rise();
      outbox_.Resume();
    });
    while (scheduler_.Step(absl::FromUnixSeconds(1793491200) + absl::Minutes(5))) {
    }
  }

  ~OwingWhileDown() { scheduler_.Stop(); }
  OwingWhileDown(const OwingWhileDown&) = delete;
  OwingWhileDown& operator=(const OwingWhileDown&) = delete;

  const std::string& made() const { return made_; }
  std::size_t owed() const { return outbox_.size(); }

 private:
  OwedCall Owe(const std::string& id) {
    OwedCall owed;
    owed.id = id;
    owed.aggregate = "lane";
    owed.callee = [this]() -> Process& { return outside_; };
    owed.call = [this, id] { return Answer(id); };
    return owed;
  }

  Task<std::string> Answer(std::string id) {
    absl::StrAppend(&made_, id, ";");
    co_return id;
  }

  Weather weather_;
  std::string made_;
  Scheduler scheduler_;
  Process sender_{"sender"};
  Process outside_{"outside"};
  Outbox outbox_{scheduler_, sender_, weather_};
};

TEST_CASE("What is committed for a sender that is down is sent once when it is back",
          "[simulation][X-07]") {
  for (unsigned seed = 0; seed < 500; ++seed) {
    const OwingWhileDown story(seed);
    CAPTURE(seed);
    REQUIRE(story.made() == "first;");
    REQUIRE(story.owed() == 0);
  }
}

}  // namespace
}  // namespace houbu::simulation
