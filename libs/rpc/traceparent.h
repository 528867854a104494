/// W3C trace context: the one header that ties the calls of a request together.
#pragma once

#include <absl/strings/string_view.h>

#include <string>

namespace houbu::rpc {

/// Tells whether the text is a valid version-00 traceparent with non-zero ids.
bool IsTraceparent(absl::string_view traceparent);

/// Gives the traceparent of a new span below `parent`; a new sampled trace when the parent is
/// empty or malformed.
std::string ChildTraceparent(absl::string_view parent);

/// Gives the trace id, 32 hex digits; "" when malformed.
std::string TraceIdOf(absl::string_view traceparent);

}  // namespace houbu::rpc
