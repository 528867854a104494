#include "libs/rpc/traceparent.h"

#include <absl/strings/escaping.h>
#include <absl/strings/str_cat.h>
#include <sodium.h>

#include <algorithm>
#include <cstddef>

namespace houbu::rpc {

namespace {

// "00-" trace id (32) "-" span id (16) "-" flags (2)
constexpr std::size_t kSize = 55;
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceSize = 32;
constexpr std::size_t kSpanAt = 36;
constexpr std::size_t kSpanSize = 16;
constexpr std::size_t kFlagsAt = 53;

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) {
  return text.find_first_not_of('0') == absl::string_view::npos;
}

std::string RandomHex(std::size_t digits) {
  std::string hex(digits, '0');
  while (IsZero(hex)) {
    std::string bytes(digits / 2, '\0');
    randombytes_buf(bytes.data(), bytes.size());
    hex = absl::BytesToHexString(bytes);
  }
  return hex;
}

}  // namespace

bool IsTraceparent(absl::string_view traceparent) {
  if (traceparent.size() != kSize || traceparent.substr(0, kTraceAt) != "00-") return false;
  const absl::string_view trace = traceparent.substr(kTraceAt, kTraceSize);
  const absl::string_view span = traceparent.substr(kSpanAt, kSpanSize);
  return traceparent[kSpanAt - 1] == '-' && traceparent[kFlagsAt - 1] == '-' && IsLowerHex(trace) &&
         IsLowerHex(span) && IsLowerHex(traceparent.substr(kFlagsAt)) && !IsZero(trace) &&
         !IsZero(span);
}

std::string ChildTraceparent(absl::string_view parent) {
  if (!IsTraceparent(parent)) {
    return absl::StrCat("00-", RandomHex(kTraceSize), "-", RandomHex(kSpanSize), "-01");
  }
  return absl::StrCat(parent.substr(0, kSpanAt), RandomHex(kSpanSize), parent.substr(kFlagsAt - 1));
}

std::string TraceIdOf(absl::string_view traceparent) {
  return IsTraceparent(traceparent) ? std::string(traceparent.substr(kTraceAt, kTraceSize)) : "";
}

}  // namespace houbu::rpc
