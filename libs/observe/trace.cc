#include "libs/observe/trace.h"

#include <algorithm>
#include <cstdint>
#include <random>

#include "absl/strings/str_format.h"

namespace houbu::observe {
namespace {

constexpr std::size_t kLengthOfVersion00 = 55;

bool IsLowerHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

bool IsZero(absl::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c == '0'; });
}

std::string Copy(absl::string_view text) { return std::string(text.data(), text.size()); }

int HexDigit(char c) { return c <= '9' ? c - '0' : c - 'a' + 10; }

// Ids need to differ, not to be secret: a seeded engine a thread is enough.
std::uint64_t RandomNonZero() {
  thread_local std::mt19937_64 engine = [] {
    std::random_device device;
    std::seed_seq seed = {device(), device(), device(), device(), device(), device()};
    return std::mt19937_64(seed);
  }();
  std::uint64_t value = 0;
  while (value == 0) value = engine();
  return value;
}

}  // namespace

std::optional<Trace> ParseTraceparent(absl::string_view header) {
  if (header.size() < kLengthOfVersion00) return std::nullopt;
  const absl::string_view version = header.substr(0, 2);
  if (!IsLowerHex(version) || version == "ff") return std::nullopt;
  const bool is_version_00 = version == "00";
  if (is_version_00 && header.size() != kLengthOfVersion00) return std::nullopt;
  if (!is_version_00 && header.size() > kLengthOfVersion00 && header[kLengthOfVersion00] != '-') {
    return std::nullopt;
  }
  if (header[2] != '-' || header[35] != '-' || header[52] != '-') return std::nullopt;
  const absl::string_view trace_id = header.substr(3, 32);
  const absl::string_view parent_id = header.substr(36, 16);
  const absl::string_view flags = header.substr(53, 2);
  if (!IsLowerHex(trace_id) || !IsLowerHex(parent_id) || !IsLowerHex(flags)) return std::nullopt;
  if (IsZero(trace_id) || IsZero(parent_id)) return std::nullopt;
  Trace trace;
  trace.trace_id = Copy(trace_id);
  trace.parent_id = Copy(parent_id);
  trace.sampled = (HexDigit(flags[1]) & 1) != 0;
  return trace;
}

std::string FormatTraceparent(const Trace& trace) {
  return absl::StrFormat("00-%s-%s-%s", trace.trace_id, trace.parent_id,
                         trace.sampled ? "01" : "00");
}

Trace NewTrace() {
  Trace trace;
  trace.trace_id = absl::StrFormat("%016x%016x", RandomNonZero(), RandomNonZero());
  trace.parent_id = absl::StrFormat("%016x", RandomNonZero());
  return trace;
}

Trace ChildOf(const Trace& trace) {
  Trace child = trace;
  child.parent_id = absl::StrFormat("%016x", RandomNonZero());
  return child;
}

std::string ChildTraceparent(absl::string_view incoming) {
  const std::optional<Trace> parent = ParseTraceparent(incoming);
  return FormatTraceparent(parent.has_value() ? ChildOf(*parent) : NewTrace());
}

std::string TraceIdOf(absl::string_view traceparent) {
  const std::optional<Trace> trace = ParseTraceparent(traceparent);
  return trace.has_value() ? trace->trace_id : std::string();
}

}  // namespace houbu::observe
