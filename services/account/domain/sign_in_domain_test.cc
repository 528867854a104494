#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/domain/identifier.h"
#include "services/account/domain/lockout.h"
#include "services/account/domain/password.h"
#include "services/account/domain/session.h"

namespace houbu::account {
namespace {

TEST_CASE("what is typed to sign in is a phone, an e-mail or a resident ID", "[account][R-01]") {
  struct Row {
    std::string typed;
    std::string normal;  ///< "" where it is refused.
    Identifier::Kind kind = Identifier::Kind::kPhone;
  };
  const std::vector<Row> table = {
      {"138 0000 0001", "+8613800000001"},
      {"0086 138-0000-0001", "+8613800000001"},
      {"＋８６１３８０００００００１", "+8613800000001"},
      {"+1 202 555 0100", "+12025550100"},
      {"12345", ""},
      {"+86 138 0000 000x", ""},
      {"Sample@Example.COM", "sample@example.com", Identifier::Kind::kEmail},
      {" sample@example.com ", "sample@example.com", Identifier::Kind::kEmail},
      {"sample@例子.测试", "sample@xn--fsqu00a.xn--0zwm56d", Identifier::Kind::kEmail},
      {"\"quoted name\"@example.com", ""},
      {"sample@example.com\r\nBcc: other@example.com", ""},
      {"sample@localhost", ""},
      {"sample@[192.0.2.1]", ""},
      {"a@b@example.com", ""},
      {".sample@example.com", ""},
      {"sam..ple@example.com", ""},
      {std::string(65, 'a') + "@example.com", ""},
      {"a@" + std::string(250, 'b') + ".com", ""},
      {"11010519491231002x", "11010519491231002X", Identifier::Kind::kResidentId},
      {"１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", Identifier::Kind::kResidentId},
      {"110105194912310021", ""},
      {"110105491231002", ""},
      {"null", ""},
      {"", ""},
      {"\xff", ""},
  };
  for (const Row& row : table) {
    INFO(row.typed);
    const std::optional<Identifier> read = ParseIdentifier(row.typed);
    CHECK(read.has_value() == !row.normal.empty());
    if (read.has_value() && !row.normal.empty()) {
      CHECK(read->text == row.normal);
      CHECK(read->kind == row.kind);
    }
  }
}

TEST_CASE("passwords are judged by length and by who else has them", "[account][R-01]") {
  struct Row {
    std::string password;
    bool second_factor;
    const char* fault;  ///< Part of it; "" where there is none.
  };
  const IsCommon common = [](absl::string_view word) { return word == "everybody tries it"; };
  const std::vector<std::string> own = {"+8613800000001", "sample@example.com"};
  const std::vector<Row> table = {
      {"fourteen chars", false, "at least 15"},
      {"fifteen letters", false, ""},
      {"seven c", true, "at least 8"},
      {"eight ch", true, ""},
      {"全是中文字符的密码也要有十五个字", false, ""},
      {"短密码", true, "at least 8"},
      {std::string(256, 'a') + "b", false, "at most 256"},
      {"Everybody Tries It", false, "everybody tries"},
      {"aaaaaaaaaaaaaaaa", false, "everybody tries"},
      {"abcabcabcabcabcabc", false, "everybody tries"},
      {"my 13800000001 secret", false, "phone number"},
      {"all about Sample and more", false, "phone number or e-mail"},
      {"only lower case letters", false, ""},  // no rule of composition
      {"123456789012345 678", false, ""},
  };
  for (const Row& row : table) {
    INFO(row.password);
    const std::string fault =
        PasswordFault(NormalisePassword(row.password), row.second_factor, own, common);
    CHECK(absl::StrContains(fault, row.fault));
    CHECK(fault.empty() == std::string(row.fault).empty());
  }
}

TEST_CASE("a password is the same from every keyboard", "[account][R-01]") {
  CHECK(NormalisePassword("Pa\u0301ssword") == NormalisePassword("P\u00e1ssword"));
  CHECK(NormalisePassword("ｐａｓｓｗｏｒｄ") == "password");
  CHECK(NormalisePassword(" outer blanks stay ") == " outer blanks stay ");
  CHECK(NormalisePassword("\xff").empty());
}

TEST_CASE("pauses double up to an hour", "[account][R-19]") {
  const LockoutPolicy policy;
  const std::vector<absl::Duration> pauses = PausesOf(policy, 2);
  REQUIRE(pauses.size() == 10);
  CHECK(pauses[0] == absl::ZeroDuration());
  CHECK(pauses[1] == absl::ZeroDuration());
  CHECK(pauses[2] == absl::Seconds(30));
  CHECK(pauses[3] == absl::Seconds(60));
  CHECK(pauses[8] == absl::Seconds(1920));
  CHECK(pauses[9] == absl::Hours(1));
}

TEST_CASE("a refresh token is renewed, repeated, refused or proof of theft", "[account][R-01]") {
  const absl::Time now = absl::FromUnixSeconds(1'800'000'000);
  const SessionPolicy policy;
  Session session;
  session.device_key = "device";
  session.token_id = "rt-2";
  session.ends_at = now + absl::Hours(1);
  RefreshToken fresh;
  fresh.expires_at = now + absl::Hours(1);
  RefreshToken used = fresh;
  used.successor = "rt-2";
  used.used_at = now - absl::Seconds(9);
  RefreshToken over = fresh;
  over.expires_at = now;
  RefreshToken long_used = used;
  long_used.used_at = now - absl::Seconds(10);
  RefreshToken older = used;
  older.successor = "rt-1";
  struct Row {
    const char* what;
    RefreshToken token;
    const char* device;
    RefreshVerdict verdict;
  };
  const std::vector<Row> table = {
      {"first use", fresh, "device", RefreshVerdict::kRenew},
      {"first use elsewhere", fresh, "other", RefreshVerdict::kRenew},
      {"over", over, "device", RefreshVerdict::kRefuse},
      {"the same device at once", used, "device", RefreshVerdict::kRepeat},
      {"another device at once", used, "other", RefreshVerdict::kReuse},
      {"no device at once", used, "", RefreshVerdict::kReuse},
      {"the same device too late", long_used, "device", RefreshVerdict::kReuse},
      {"one before the last", older, "device", RefreshVerdict::kReuse},
  };
  for (const Row& row : table) {
    INFO(row.what);
    CHECK(Judge(row.token, session, row.device, now, policy) == row.verdict);
  }
  session.device_key.clear();
  CHECK(Judge(used, session, "", now, policy) == RefreshVerdict::kReuse);
}

TEST_CASE("addresses are shown masked", "[account][R-17]") {
  CHECK(MaskedPhone("+8613800000001") == "+86*******0001");
  CHECK(MaskedEmail("sample@example.com") == "s***@example.com");
  CHECK(MaskedEmail("").empty());
}

}  // namespace
}  // namespace houbu::account
