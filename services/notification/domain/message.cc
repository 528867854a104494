#include "services/notification/domain/message.h"

#include <array>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace houbu::notification {
namespace {

/// One event in both languages. A body is lines; `{key}` stands for a parameter.
struct Template {
  Event event;
  const char* name;
  const char* title_zh;
  const char* body_zh;
  const char* title_en;
  const char* body_en;
};

constexpr std::array<Template, 13> kTemplates = {{
    {Event::kBooked, "BOOKED", "预订成功",
     "您的预订已成功。\n预约号:{number}\n{title} {date}\n{from} 至 "
     "{to}\n席别:{class}\n席位:{places}\n"
     "金额:{amount} 元",
     "Booked",
     "Your booking stands.\nNumber: {number}\n{title} on {date}\nFrom {from} to {to}\n"
     "Class: {class}\nPlaces: {places}\nAmount: {amount} CNY"},
    {Event::kCancelled, "CANCELLED", "预订已取消",
     "您的预订已取消,立即生效。\n预约号:{number}\n{title} {date}\n原因:{reason}", "Cancelled",
     "Your booking is cancelled, effective at once.\nNumber: {number}\n{title} on {date}\n"
     "Reason: {reason}"},
    {Event::kRebooked, "REBOOKED", "重新预约成功",
     "您已重新预约。\n新预约号:{number}\n{title} {date}\n席位:{places}", "Rebooked",
     "You have booked again.\nNew number: {number}\n{title} on {date}\nPlaces: {places}"},
    {Event::kPaid, "PAID", "支付成功", "已收到您的付款。\n金额:{amount} 元\n订单:{order}", "Paid",
     "Your payment has arrived.\nAmount: {amount} CNY\nOrder: {order}"},
    {Event::kRefunded, "REFUNDED", "退款成功",
     "退款已按原支付渠道退回。\n金额:{amount} 元\n订单:{order}", "Refunded",
     "Your refund was made to the way you paid.\nAmount: {amount} CNY\nOrder: {order}"},
    {Event::kWaitlistEffective, "WAITLIST_EFFECTIVE", "候补订单已生效",
     "您的候补订单已生效,正在为您排队。\n截止兑现时间:{deadline}", "Waitlist order effective",
     "Your waitlist order is effective; you are in line.\nDeadline: {deadline}"},
    {Event::kWaitlistServed, "WAITLIST_SERVED", "候补订单已兑现",
     "候补成功,已为您生成订单。\n{title} {date}\n席别:{class}\n票款:{amount} 元\n差额将原路退回。",
     "Waitlist order served",
     "Places were found and booked for you.\n{title} on {date}\nClass: {class}\n"
     "Fare: {amount} CNY\nThe difference goes back the way you paid."},
    {Event::kWaitlistEnded, "WAITLIST_ENDED", "候补订单已终止",
     "您的候补订单已终止。\n原因:{reason}\n预付款 {amount} 元将全额原路退回。",
     "Waitlist order ended",
     "Your waitlist order has ended.\nReason: {reason}\n"
     "The whole prepayment of {amount} CNY goes back the way you paid."},
    {Event::kIdentityVerified, "IDENTITY_VERIFIED", "身份核验通过",
     "您的身份核验已通过,可以使用候补购票。", "Identity verified",
     "Your identity is verified; the waitlist is open to you."},
    {Event::kIdentityNotVerified, "IDENTITY_NOT_VERIFIED", "身份核验未通过",
     "您的身份核验未通过,可以重新核验。\n原因:{reason}", "Identity not verified",
     "Your identity could not be verified; you may try again.\nReason: {reason}"},
    {Event::kErasureAsked, "ERASURE_ASKED", "账户注销申请已受理",
     "我们已收到您的账户注销申请。\n{time} 之后,您的账户和个人数据将被永久删除。\n"
     "如非本人操作,请在此之前登录并撤销申请。",
     "Your account is to be erased",
     "You asked us to erase your account.\n"
     "After {time} the account and your data are deleted for good.\n"
     "If it was not you, sign in before then and take it back."},
    {Event::kErasureCancelled, "ERASURE_CANCELLED", "账户注销申请已撤销",
     "您的账户注销申请已撤销,账户保持不变。", "Your account stays",
     "The erasure of your account was taken back; nothing was deleted."},
    {Event::kErasureStopped, "ERASURE_STOPPED", "账户未注销",
     "您的账户未注销:仍有未完成的订单、付款或退款。\n请在其结束后重新申请。",
     "Your account was not erased",
     "Your account was not erased: a booking, an order, a payment or a refund was under way.\n"
     "Ask again once it is over."},
}};

const Template& TemplateOf(Event event) {
  for (const Template& entry : kTemplates) {
    if (entry.event == event) {
      return entry;
    }
  }
  return kTemplates[0];
}

/// The reasons services give, in the reader's words; anything else is somebody's own text.
std::string ReasonIn(absl::string_view reason, bool english) {
  struct Words {
    const char* reason;
    const char* chinese;
    const char* english;
  };
  static constexpr std::array<Words, 10> kWords = {{
      {"NOT_ENOUGH_PLACES", "截止时间前席位不足", "not enough places before the deadline"},
      {"ITINERARY_CONFLICT", "旅客行程冲突", "a passenger has another journey at that time"},
      {"REAL_NAME_RULE", "旅客已有同日同车次车票",
       "a passenger has a ticket of that train and day"},
      {"NOT_PAID", "未在规定时间内支付", "it was not paid in time"},
      {"OWNER", "您已主动终止", "you ended it"},
      {"MISMATCH", "人证信息不一致", "name, number and face do not belong together"},
      {"LIVENESS_FAILED", "未通过活体检测", "no live face was seen"},
      {"HOLDER_HAS_ACCOUNT", "该身份已核验于另一账户", "this person has another verified account"},
      {"HOLDER_CHANGED", "核验期间证件信息已变更", "the card was changed in the meantime"},
      {"PROVIDER_SILENT", "核验机构未在规定时间内答复", "the verifier did not answer in time"},
  }};
  for (const Words& words : kWords) {
    if (reason == words.reason) {
      return english ? words.english : words.chinese;
    }
  }
  return std::string(reason);
}

/// Fills the placeholders of one line; nothing when a parameter is missing or empty. Control
/// characters in a value become blanks, so that no value makes lines of its own.
absl::optional<std::string> FillLine(absl::string_view line, const Parameters& parameters) {
  std::string out;
  while (true) {
    const std::size_t open = line.find('{');
    const std::size_t close = line.find('}', open == absl::string_view::npos ? 0 : open);
    if (open == absl::string_view::npos || close == absl::string_view::npos) {
      absl::StrAppend(&out, line);
      return out;
    }
    const auto value = parameters.find(std::string(line.substr(open + 1, close - open - 1)));
    if (value == parameters.end() || value->second.empty()) {
      return absl::nullopt;
    }
    absl::StrAppend(&out, line.substr(0, open));
    for (const char c : value->second) {
      out.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
    }
    line = line.substr(close + 1);
  }
}

std::string Fill(absl::string_view body, const Parameters& parameters) {
  std::vector<std::string> lines;
  for (const absl::string_view line : absl::StrSplit(body, '\n')) {
    if (absl::optional<std::string> filled = FillLine(line, parameters); filled.has_value()) {
      lines.push_back(*std::move(filled));
    }
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace

absl::string_view EventName(Event event) { return TemplateOf(event).name; }

absl::StatusOr<Event> ParseEvent(absl::string_view name) {
  for (const Template& entry : kTemplates) {
    if (name == entry.name) {
      return entry.event;
    }
  }
  return absl::InternalError(absl::StrCat("unknown event ", name));
}

Text Render(Event event, absl::string_view language, const Parameters& parameters) {
  const Template& entry = TemplateOf(event);
  const bool english = language == "en";
  Parameters worded = parameters;
  if (const auto reason = worded.find("reason"); reason != worded.end()) {
    reason->second = ReasonIn(reason->second, english);
  }
  Text text;
  text.title = english ? entry.title_en : entry.title_zh;
  text.body = Fill(english ? entry.body_en : entry.body_zh, worded);
  return text;
}

Text RenderCode(absl::string_view language, absl::string_view code) {
  Text text;
  if (language == "en") {
    text.title = "Sign-in code";
    text.body = absl::StrCat("Your sign-in code is ", code,
                             ". Nobody of Houbu will ever ask you for it or for a password.");
  } else {
    text.title = "登录验证码";
    text.body = absl::StrCat("您的登录验证码为 ", code, "。工作人员不会向您索取验证码或密码。");
  }
  return text;
}

}  // namespace houbu::notification
