#include "libs/redis/errors.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace houbu::redis {
namespace {

/// Redis as a whole cannot serve now.
constexpr absl::string_view kAway[] = {
    "ASK",    "BUSY",       "CLUSTERDOWN", "LOADING",  "MASTERDOWN", "MISCONF",   "MOVED",
    "NOAUTH", "NOREPLICAS", "OOM",         "READONLY", "TRYAGAIN",   "UNBLOCKED", "WRONGPASS"};

/// We asked for something wrong.
constexpr absl::string_view kBug[] = {"CROSSSLOT",  "DENIED",   "ERR",      "EXECABORT",
                                      "NOPERM",     "NOPROTO",  "NOSCRIPT", "NOTBUSY",
                                      "UNKILLABLE", "WRONGTYPE"};

template <class Codes>
bool Contains(const Codes& codes, absl::string_view code) {
  return std::find(std::begin(codes), std::end(codes), code) != std::end(codes);
}

bool IsUpperSnake(absl::string_view code) {
  return !code.empty() && code.size() <= 63 &&
         absl::ascii_isupper(static_cast<unsigned char>(code.front())) &&
         std::all_of(code.begin(), code.end(), [](char c) {
           const auto byte = static_cast<unsigned char>(c);
           return absl::ascii_isupper(byte) || absl::ascii_isdigit(byte) || c == '_';
         });
}

}  // namespace

absl::Status StatusOfError(absl::string_view error) {
  const std::pair<absl::string_view, absl::string_view> parts =
      absl::StrSplit(error, absl::MaxSplits(' ', 1));
  const absl::string_view code = parts.first;
  if (Contains(kAway, code)) {
    return UnavailableBecause(error);
  }
  if (Contains(kBug, code) || !IsUpperSnake(code)) {
    return absl::InternalError(error);
  }
  return StatusWithReason(absl::StatusCode::kFailedPrecondition, code, parts.second);
}

absl::Status UnavailableBecause(absl::string_view cause) {
  return StatusWithReason(kUnavailable.code, kUnavailable.reason,
                          absl::StrCat(kUnavailable.message, " ", cause));
}

}  // namespace houbu::redis
