#include "services/notification/domain/contact.h"

#include <utility>

#include <catch2/catch.hpp>

namespace houbu::notification {
namespace {

TEST_CASE("channels follow the addresses until the owner chooses", "[notification][W-09n]") {
  const Contact by_phone = WithAddresses(Contact(), "+8619900000001", "");
  CHECK(by_phone.channels == std::vector<Channel>{Channel::kSms});
  const Contact both = WithAddresses(by_phone, "+8619900000001", "a@example.com");
  CHECK(both.channels == std::vector<Channel>{Channel::kSms, Channel::kEmail});

  Preferences mail_only;
  mail_only.channels = {Channel::kEmail};
  const Contact chosen = WithPreferences(both, mail_only).value();
  const Contact told_again = WithAddresses(chosen, "+8619900000002", "");
  CHECK(told_again.channels == std::vector<Channel>{Channel::kEmail});
  CHECK(told_again.phone == "+8619900000002");
  CHECK(told_again.email == "a@example.com");
}

TEST_CASE("a channel without an address is refused by name", "[notification][W-09n]") {
  Preferences preferences;
  preferences.channels = {Channel::kSms, Channel::kEmail};
  const absl::Status refused = WithPreferences(Contact(), preferences).status();
  const std::vector<Violation> violations = ViolationsOf(refused);
  REQUIRE(violations.size() == 2);
  CHECK(violations[0].field == "channels[0]");
  CHECK(violations[1].field == "channels[1]");
  preferences.email = "a@example.com";
  CHECK(ViolationsOf(WithPreferences(Contact(), preferences).status()).size() == 1);
}

TEST_CASE("no channel at all leaves the inbox alone", "[notification][W-09n]") {
  const Contact contact = WithAddresses(Contact(), "+8619900000001", "");
  CHECK(WithPreferences(contact, Preferences()).value().channels.empty());
}

TEST_CASE("addresses are shown masked", "[notification][R-17]") {
  CHECK(MaskedPhone("+8613800000001") == "+86*******0001");
  CHECK(MaskedPhone("+12345") == "******");
  CHECK(MaskedEmail("lixiang@example.com") == "l***@example.com");
  CHECK(MaskedEmail("") == "");
}

TEST_CASE("addresses are checked", "[notification][R-04]") {
  for (const auto& [phone, right] :
       std::vector<std::pair<const char*, bool>>{{"+8613800000000", true},
                                                 {"13800000000", false},
                                                 {"+0123456789", false},
                                                 {"+1234567", false},
                                                 {"+1234567890123456", false},
                                                 {"+86 138000000", false}}) {
    INFO(phone);
    CHECK(IsPhone(phone) == right);
  }
  for (const auto& [email, right] :
       std::vector<std::pair<const char*, bool>>{{"a@b", true},
                                                 {"a@b@c", false},
                                                 {"@b", false},
                                                 {"a@", false},
                                                 {"a b@c", false},
                                                 {"a@b\r\nBcc: c@d", false},
                                                 {"<a@b>", false}}) {
    INFO(email);
    CHECK(IsEmail(email) == right);
  }
}

}  // namespace
}  // namespace houbu::notification
