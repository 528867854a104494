/// The thread that ties together what one tap of a traveller caused in every service: W3C Trace
/// Context. It comes in with a call, goes out with each call made on its behalf, and waits in
/// outbox rows for those made later.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace houbu::observe {

/// The place of one call in its trace.
struct Trace {
  std::string trace_id;   ///< 32 lower-case hex digits, not all zero.
  std::string parent_id;  ///< 16 lower-case hex digits, not all zero: the caller's own step.
  bool sampled = true;    ///< Whether the caller records the trace.
};

/// Reads a `traceparent` header; nothing when it breaks W3C Trace Context level 1 (a version above
/// 00 is read by its first four fields, as the standard asks; version ff is refused).
std::optional<Trace> ParseTraceparent(absl::string_view header);

/// Renders a trace as a version 00 `traceparent` header.
std::string FormatTraceparent(const Trace& trace);

/// Starts a trace with random ids.
Trace NewTrace();

/// Gives the next step of a trace: same trace, a random id of its own.
Trace ChildOf(const Trace& trace);

/// Gives the header to send on: a child of what came in, or a new trace when nothing valid came in.
std::string ChildTraceparent(absl::string_view incoming);

/// Gives the trace id within a header; empty when the header is not valid.
std::string TraceIdOf(absl::string_view traceparent);

}  // namespace houbu::observe
