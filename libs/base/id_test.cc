#include "libs/base/id.h"

#include <set>
#include <type_traits>

#include "absl/container/flat_hash_map.h"
#include <catch2/catch.hpp>

#include "libs/base/random_id_source.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/sequential_id_source.h"

namespace houbu {
namespace {

struct BookingTag {
  static constexpr char kPrefix[] = "bk";
};
struct PaymentTag {
  static constexpr char kPrefix[] = "pm";
};
using BookingId = Id<BookingTag>;
using PaymentId = Id<PaymentTag>;

}  // namespace

TEST_CASE("ids of two kinds cannot be confused", "[base][id]") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<BookingId, PaymentId>);
  STATIC_REQUIRE_FALSE(std::is_constructible_v<BookingId, PaymentId>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<std::string, BookingId>);
}

TEST_CASE("a random id is a UUIDv7 behind its prefix", "[base][id]") {
  const testing::ManualClock clock(absl::FromUnixMillis(0x0123456789AB));
  RandomIdSource source(clock);
  const BookingId id = NewId<BookingTag>(source);
  CAPTURE(id.value());
  CHECK(id.value().size() == 3 + 32);
  CHECK(id.value().substr(0, 16) == "bk-0123456789ab7");
  CHECK(std::string("89ab").find(id.value()[19]) != std::string::npos);
  CHECK(IsValidId(id.value()));
}

TEST_CASE("random ids differ and sort by time", "[base][id]") {
  testing::ManualClock clock;
  RandomIdSource source(clock);
  std::set<std::string> seen;
  std::string latest;
  for (int i = 0; i < 1000; ++i) {
    clock.Advance(absl::Milliseconds(1));
    const std::string id = source.Next("bk");
    CHECK(latest < id);
    latest = id;
    seen.insert(id);
  }
  CHECK(seen.size() == 1000);
}

TEST_CASE("sequential ids count for each prefix", "[base][id]") {
  testing::SequentialIdSource source;
  CHECK(source.Next("bk") == "bk-1");
  CHECK(source.Next("bk") == "bk-2");
  CHECK(source.Next("pm") == "pm-1");
}

TEST_CASE("a derived id is the same for ever", "[base][id]") {
  // The published FNV-1a vectors for "" and "a".
  CHECK(DerivedId("pm", "") == "pm-6c62272e07bb014262b821756295c58d");
  CHECK(DerivedId("pm", "a") == "pm-d228cb696f1a8caf78912b704e4a8964");
  CHECK(DerivedId("pm", "bookings/bk-1") != DerivedId("pm", "bookings/bk-2"));
  CHECK(IsValidId(DerivedId("pm", "bookings/bk-1")));
}

TEST_CASE("an id is a key", "[base][id]") {
  absl::flat_hash_map<BookingId, int> counts;
  counts[BookingId("bk-1")] = 1;
  CHECK(counts.contains(BookingId("bk-1")));
  CHECK_FALSE(counts.contains(BookingId("bk-2")));
  CHECK(BookingId("bk-1") < BookingId("bk-2"));
  CHECK(BookingId().empty());
}

TEST_CASE("a resource id keeps to its alphabet", "[base][id]") {
  CHECK(IsValidId("bk-1"));
  CHECK(IsValidId(std::string(63, 'a')));
  CHECK_FALSE(IsValidId(std::string(64, 'a')));
  for (const char* bad : {"", "-a", "a-", "A", "a/b", "a_b", "a b", "甲"}) {
    CAPTURE(bad);
    CHECK_FALSE(IsValidId(bad));
  }
}

}  // namespace houbu
