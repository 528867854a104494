#include <sstream>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <catch2/catch.hpp>

#include "libs/base/refusal.h"
#include "libs/http/smtp.h"

namespace houbu::http {
namespace {

Mail SampleMail() {
  Mail mail;
  mail.message_id = "dl-1@houbu.example";
  mail.from = "notice@houbu.example";
  mail.from_name = "候补 Houbu";
  mail.to = "jia@example.com";
  mail.subject = "Served";
  mail.text = "您的候补订单已兑现。\nSeat 05-08F\n";
  mail.language = "zh-CN";
  mail.date = absl::FromUnixSeconds(1793491200);
  return mail;
}

}  // namespace

TEST_CASE("a mail is written as RFC 5322 says", "[http][mail]") {
  const absl::StatusOr<std::string> text = RenderMail(SampleMail());
  REQUIRE(text.ok());
  const std::string body = absl::Base64Escape("您的候补订单已兑现。\r\nSeat 05-08F\r\n");
  CHECK(*text == absl::StrCat("Message-ID: <dl-1@houbu.example>\r\n"
                              "Date: Sun, 01 Nov 2026 00:00:00 +0000\r\n"
                              "From: =?UTF-8?B?5YCZ6KGlIEhvdWJ1?= <notice@houbu.example>\r\n"
                              "To: jia@example.com\r\n"
                              "Subject: Served\r\n"
                              "Content-Language: zh-CN\r\n"
                              "Auto-Submitted: auto-generated\r\n"
                              "MIME-Version: 1.0\r\n"
                              "Content-Type: text/plain; charset=UTF-8\r\n"
                              "Content-Transfer-Encoding: base64\r\n\r\n",
                              body, "\r\n"));
}

TEST_CASE("a long subject folds between characters", "[http][mail]") {
  Mail mail = SampleMail();
  for (int i = 0; i < 40; ++i) {
    absl::StrAppend(&mail.subject, i % 3 == 0 ? "a" : "", "候");
  }
  const std::string text = *RenderMail(mail);
  std::string decoded;
  for (const absl::string_view line : absl::StrSplit(text, "\r\n")) {
    CHECK(line.size() <= 78);
    if (absl::StartsWith(line, "Subject: =?") || absl::StartsWith(line, " =?")) {
      const absl::string_view word = line.substr(line.find("=?") + 10);
      std::string part;
      CHECK(absl::Base64Unescape(word.substr(0, word.size() - 2), &part));
      CHECK((part[0] & 0xC0) != 0x80);
      decoded += part;
    }
  }
  CHECK(decoded == mail.subject);
}

TEST_CASE("a subject that looks encoded is encoded", "[http][mail]") {
  Mail mail = SampleMail();
  mail.subject = "=?UTF-8?B?aGk=?=";
  CHECK_FALSE(absl::StrContains(*RenderMail(mail), "Subject: =?UTF-8?B?aGk=?="));
}

TEST_CASE("no header can be slipped into a mail", "[http][mail]") {
  const char* bad_texts[] = {"a\r\nBcc: x@y", "a\nb", "a\rb", "a\tb", "\xFF"};
  const char* bad_addresses[] = {"",        "a",       "@b",        "a@",          "a@b@c",
                                 "a b@c",   "a@b\r\n", "<a@b>",     "a@b>\r\nX:y", "a,b@c",
                                 "甲@b.cn", "a@b;c",   "a\x01@b.c", "\"a\"@b"};
  const auto reason_of = [](const Mail& mail) {
    return std::string(ReasonOf(RenderMail(mail).status()));
  };
  for (const char* bad : bad_texts) {
    CAPTURE(bad);
    Mail mail = SampleMail();
    mail.subject = bad;
    CHECK(reason_of(mail) == "INVALID_MAIL");
    mail = SampleMail();
    mail.from_name = bad;
    CHECK(reason_of(mail) == "INVALID_MAIL");
  }
  for (const char* bad : bad_addresses) {
    CAPTURE(bad);
    Mail mail = SampleMail();
    mail.to = bad;
    CHECK(reason_of(mail) == "INVALID_MAIL");
    mail = SampleMail();
    mail.from = bad;
    CHECK(reason_of(mail) == "INVALID_MAIL");
    mail = SampleMail();
    mail.message_id = bad;
    CHECK(reason_of(mail) == "INVALID_MAIL");
  }
  Mail mail = SampleMail();
  mail.language = "en\r\nX: y";
  CHECK(reason_of(mail) == "INVALID_MAIL");
}

TEST_CASE("a body line that is a dot or a boundary stays text", "[http][mail]") {
  Mail mail = SampleMail();
  mail.text = ".\n..\r\nQUIT\n";
  const std::string text = *RenderMail(mail);
  const std::string body = text.substr(text.find("\r\n\r\n") + 4);
  CHECK(body == absl::StrCat(absl::Base64Escape(".\r\n..\r\nQUIT\r\n"), "\r\n"));
}

}  // namespace houbu::http
