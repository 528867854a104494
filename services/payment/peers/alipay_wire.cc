#include "services/payment/peers/alipay_wire.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

#include "libs/base/id.h"
#include "libs/base/status_macros.h"
#include "services/payment/domain/refund.h"

namespace houbu::payment {
namespace {

using Json = nlohmann::json;

constexpr char kTimeFormat[] = "%Y-%m-%d %H:%M:%S";
constexpr std::size_t kTimeSize = 19;
constexpr std::size_t kYuanDigitsMax = 12;

absl::Status Malformed(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("alipay: malformed ", what));
}

absl::TimeZone Beijing() { return absl::FixedTimeZone(8 * 3600); }

void AppendPair(std::string& text, absl::string_view name, absl::string_view value) {
  absl::StrAppend(&text, text.empty() ? "" : "&", name, "=", value);
}

bool IsUnreserved(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_' || c == '.';
}

std::string EncodeFormText(absl::string_view text) {
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return encoded;
}

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = absl::ascii_tolower(static_cast<unsigned char>(c));
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

absl::StatusOr<std::string> DecodeFormText(absl::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+') {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      const int high = i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? HexDigit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Malformed("percent-encoding");
      decoded += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return decoded;
}

// Walks over text that is known to be valid JSON.
class JsonWalker final {
 public:
  explicit JsonWalker(absl::string_view text) : text_(text) {}

  void SkipBlanksAnd(absl::string_view marks) {
    while (at_ < text_.size() && (absl::ascii_isspace(static_cast<unsigned char>(text_[at_])) ||
                                  absl::StrContains(marks, text_[at_]))) {
      ++at_;
    }
  }
  bool IsAt(char c) const { return at_ < text_.size() && text_[at_] == c; }

  // The text of the value that begins here; behind it afterwards.
  absl::string_view Value() {
    const std::size_t begin = at_;
    int depth = 0;
    bool quoted = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (quoted) {
        if (c == '\\') ++at_;
        if (c == '"') quoted = false;
      } else if (c == '"') {
        quoted = true;
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']' || c == ',' || c == ':') && depth == 0) {
        break;  // Behind a string or number.
      } else if (c == '}' || c == ']') {
        --depth;
      }
      if (!quoted && depth == 0 && (c == '"' || c == '}' || c == ']') && at_ > begin) {
        ++at_;
        break;
      }
    }
    return text_.substr(begin, at_ - begin);
  }

 private:
  absl::string_view text_;
  std::size_t at_ = 0;
};

std::string UnquotedOr(absl::string_view value, absl::string_view otherwise) {
  const Json json = Json::parse(value.begin(), value.end(), nullptr, /*allow_exceptions=*/false);
  return json.is_string() ? json.get<std::string>() : std::string(otherwise);
}

}  // namespace

std::string SignedTextOfRequest(const AlipayFields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (name != "sign" && !value.empty()) AppendPair(text, name, value);
  }
  return text;
}

std::string SignedTextOfNotice(const AlipayFields& fields) {
  std::string text;
  for (const auto& [name, value] : fields) {
    if (name != "sign" && name != "sign_type") AppendPair(text, name, value);
  }
  return text;
}

std::string RenderForm(const AlipayFields& fields) {
  std::string form;
  for (const auto& [name, value] : fields) {
    AppendPair(form, EncodeFormText(name), EncodeFormText(value));
  }
  return form;
}

absl::StatusOr<AlipayFields> ParseForm(absl::string_view form) {
  AlipayFields fields;
  for (const absl::string_view part : absl::StrSplit(form, '&')) {
    const std::size_t equals = part.find('=');
    if (equals == absl::string_view::npos) return Malformed("form");
    ASSIGN_OR_RETURN(std::string name, DecodeFormText(part.substr(0, equals)));
    ASSIGN_OR_RETURN(std::string value, DecodeFormText(part.substr(equals + 1)));
    if (name.empty()) return Malformed("form");
    if (!fields.emplace(std::move(name), std::move(value)).second) return Malformed("form");
  }
  return fields;
}

absl::StatusOr<SignedAnswer> CutAnswer(absl::string_view body, absl::string_view method) {
  const Json whole = Json::parse(body.begin(), body.end(), nullptr, /*allow_exceptions=*/false);
  if (!whole.is_object()) return Malformed("answer");
  const std::string wanted = absl::StrCat(absl::StrReplaceAll(method, {{".", "_"}}), "_response");
  SignedAnswer answer;
  JsonWalker walker(body);
  for (walker.SkipBlanksAnd("{"); !walker.IsAt('}'); walker.SkipBlanksAnd(",")) {
    const std::string name = UnquotedOr(walker.Value(), "");
    walker.SkipBlanksAnd(":");
    const absl::string_view value = walker.Value();
    if (name == "sign") {
      if (!answer.sign.empty()) return Malformed("answer: two signatures");
      answer.sign = UnquotedOr(value, "");
    } else if (name == wanted || name == "error_response") {
      if (!answer.content.empty()) return Malformed("answer: two contents");
      answer.content = std::string(value);
      answer.is_error = name != wanted;
    }
  }
  if (answer.content.empty() || answer.content[0] != '{') return Malformed("answer: no content");
  return answer;
}

absl::StatusOr<Money> ParseYuan(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(text, absl::MaxSplits('.', 1));
  const absl::string_view yuan = parts.first;
  const absl::string_view decimals = parts.second;
  const bool has_point = yuan.size() != text.size();
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (yuan.empty() || yuan.size() > kYuanDigitsMax || decimals.size() > 2 ||
      has_point != !decimals.empty() || !std::all_of(yuan.begin(), yuan.end(), is_digit) ||
      !std::all_of(decimals.begin(), decimals.end(), is_digit)) {
    return Malformed("amount");
  }
  std::int64_t fen = 0;
  const std::string digits = absl::StrCat(yuan, decimals, std::string(2 - decimals.size(), '0'));
  if (!absl::SimpleAtoi(digits, &fen)) return Malformed("amount");
  return Fen(fen);
}

std::string FormatBeijing(absl::Time time) {
  return absl::FormatTime(kTimeFormat, time, Beijing());
}

absl::StatusOr<absl::Time> ParseBeijing(absl::string_view text) {
  absl::Time time;
  std::string error;
  if (text.size() != kTimeSize || !absl::ParseTime(kTimeFormat, text, Beijing(), &time, &error)) {
    return Malformed("time");
  }
  if (FormatBeijing(time) != text) return Malformed("time");
  return time;
}

std::string NameAtAlipay(absl::string_view id) { return absl::StrReplaceAll(id, {{"-", "_"}}); }

absl::StatusOr<PaymentId> PaymentAtAlipay(absl::string_view out_trade_no) {
  std::string id = absl::StrReplaceAll(out_trade_no, {{"_", "-"}});
  if (absl::StrContains(out_trade_no, '-') || !IsValidId(id)) return Malformed("out_trade_no");
  return PaymentId(std::move(id));
}

std::string RefundAtAlipay(absl::string_view out_request_no) {
  const std::string name = absl::StrReplaceAll(out_request_no, {{"_", "-"}});
  const bool is_ours = NameAtAlipay(name) == out_request_no && RefundNamedBy(name).has_value();
  return is_ours ? name : std::string(out_request_no);
}

}  // namespace houbu::payment
