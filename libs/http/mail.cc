#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/time.h"

#include "libs/base/refusal.h"
#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/http/smtp.h"

namespace houbu::http {
namespace {

constexpr Refusal kInvalidMail{absl::StatusCode::kInvalidArgument, "INVALID_MAIL",
                               "A header of the mail is malformed."};
constexpr std::size_t kAddressBytesMax = 254;
constexpr std::size_t kEncodedWordBytesMax = 39;  // With frame, base64 and name below 76.
constexpr std::size_t kPlainHeaderBytesMax = 70;
constexpr std::size_t kBase64LineMax = 76;

bool IsAddressCharacter(char c) {
  return absl::ascii_isgraph(static_cast<unsigned char>(c)) &&
         !absl::StrContains("<>()[],;:\\\"", c);
}

// Local part and domain, ASCII without quoting: what a sign-up form takes.
bool IsAddress(absl::string_view text) {
  const std::size_t at = text.find('@');
  return text.size() <= kAddressBytesMax && at != absl::string_view::npos && at > 0 &&
         at + 1 < text.size() && text.find('@', at + 1) == absl::string_view::npos &&
         std::all_of(text.begin(), text.end(), IsAddressCharacter);
}

bool IsHeaderText(absl::string_view text) {
  return IsValidUtf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_iscntrl(static_cast<unsigned char>(c));
         });
}

bool IsLanguage(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
  });
}

absl::Status CheckMail(const Mail& mail) {
  const auto refuse = [](const char* field) {
    Metadata metadata;
    metadata["field"] = field;
    return Refuse(kInvalidMail, std::move(metadata));
  };
  if (!IsAddress(mail.message_id)) return refuse("message_id");
  if (!IsAddress(mail.from)) return refuse("from");
  if (!IsAddress(mail.to)) return refuse("to");
  if (!IsHeaderText(mail.from_name)) return refuse("from_name");
  if (!IsHeaderText(mail.subject)) return refuse("subject");
  if (!IsLanguage(mail.language)) return refuse("language");
  if (!IsValidUtf8(mail.text)) return refuse("text");
  return absl::OkStatus();
}

bool IsPlain(absl::string_view text) {
  return text.size() <= kPlainHeaderBytesMax && !absl::StrContains(text, "=?") &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return absl::ascii_isascii(static_cast<unsigned char>(c)); });
}

// RFC 2047 words of at most 75 characters, folded, none splitting a character.
std::string EncodedWords(absl::string_view text) {
  std::string words;
  while (!text.empty()) {
    std::size_t size = std::min(text.size(), kEncodedWordBytesMax);
    while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) {
      --size;
    }
    absl::StrAppend(&words, words.empty() ? "" : "\r\n ", "=?UTF-8?B?",
                    absl::Base64Escape(text.substr(0, size)), "?=");
    text.remove_prefix(size);
  }
  return words;
}

std::string HeaderText(absl::string_view text) {
  return IsPlain(text) ? std::string(text) : EncodedWords(text);
}

std::string FromHeader(const Mail& mail) {
  if (mail.from_name.empty()) {
    return mail.from;
  }
  // Always as encoded words: no quoting rules for dots, commas and quotes.
  return absl::StrCat(EncodedWords(mail.from_name), " <", mail.from, ">");
}

std::string Base64Lines(absl::string_view text) {
  const std::string unix_lines = absl::StrReplaceAll(text, {{"\r\n", "\n"}});
  const std::string whole = absl::Base64Escape(absl::StrReplaceAll(unix_lines, {{"\n", "\r\n"}}));
  std::string lines;
  for (std::size_t at = 0; at < whole.size(); at += kBase64LineMax) {
    absl::StrAppend(&lines, absl::string_view(whole).substr(at, kBase64LineMax), "\r\n");
  }
  return lines;
}

}  // namespace

absl::StatusOr<std::string> RenderMail(const Mail& mail) {
  RETURN_IF_ERROR(CheckMail(mail));
  const std::string date =
      absl::FormatTime("%a, %d %b %Y %H:%M:%S +0000", mail.date, absl::UTCTimeZone());
  std::string text = absl::StrCat("Message-ID: <", mail.message_id, ">\r\nDate: ", date, "\r\n");
  absl::StrAppend(&text, "From: ", FromHeader(mail), "\r\nTo: ", mail.to, "\r\n");
  absl::StrAppend(&text, "Subject: ", HeaderText(mail.subject), "\r\n");
  if (!mail.language.empty()) {
    absl::StrAppend(&text, "Content-Language: ", mail.language, "\r\n");
  }
  absl::StrAppend(&text, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n",
                  "Content-Type: text/plain; charset=UTF-8\r\n",
                  "Content-Transfer-Encoding: base64\r\n\r\n", Base64Lines(mail.text));
  return text;
}

}  // namespace houbu::http
