/// The log: what operators read. One event is one line of JSON on stderr, with a fixed name that
/// can be searched for, the time in UTC, the service, the trace it belongs to and named fields.
/// Values are always JSON strings or numbers, so nothing a traveller types can forge a line.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace houbu::observe {

/// How much an event matters. kError asks for a person; kWarning heals by itself.
enum class Level { kDebug, kInfo, kWarning, kError };

/// Reads a level from its lower-case name ("debug", "info", "warning", "error").
std::optional<Level> ParseLevel(absl::string_view name);

/// A named value of an event. Personal values go through Masked().
class Field {
 public:
  using Value = std::variant<std::string, std::int64_t, bool>;

  /// Makes a text field. Bytes that are not UTF-8 are replaced, never dropped silently.
  Field(absl::string_view key, absl::string_view value);
  Field(absl::string_view key, const std::string& value);
  Field(absl::string_view key, const char* value);
  /// Makes a truth field.
  Field(absl::string_view key, bool value);
  /// Makes a number field.
  template <class Integer>
    requires(std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>)
  Field(absl::string_view key, Integer value)
      : key_(key.data(), key.size()), value_(static_cast<std::int64_t>(value)) {}
  /// Makes a field of whole microseconds; by convention its key ends in `_us`.
  Field(absl::string_view key, absl::Duration value);

  /// Gives the name the value is filed under.
  const std::string& key() const { return key_; }
  /// Gives the value.
  const Value& value() const { return value_; }

 private:
  std::string key_;
  Value value_;
};

/// Makes the field that stands where a personal value (name, phone, document number, address) would
/// have stood: it says whether there was one, and nothing about it.
Field Masked(absl::string_view key, absl::string_view personal_value);

/// Makes the `trace_id` field from a W3C traceparent; empty when there is none.
Field TraceField(absl::string_view traceparent);

/// Makes the `error` field from a status: its code and message.
Field ErrorField(const absl::Status& status);

/// Where the log goes and what of it.
struct LogOptions {
  std::string service;         ///< The value of `svc` on each line.
  Level least = Level::kInfo;  ///< Events below this are not written.
};

/// Directs the process's log. Call it once, before threads are started; until then events of level
/// kInfo and above go to stderr with an empty `svc`.
void ConfigureLog(const LogOptions& options);

/// Writes one event. `event` is lower_snake and constant: what varies belongs in the fields. Keys
/// the log itself sets (ts, level, svc, event) cannot be overridden by a field.
void Log(Level level, absl::string_view event, const std::vector<Field>& fields = {});

/// Gives the line Log() would write, without its newline. Free of control characters whatever the
/// fields hold.
std::string RenderLine(absl::Time time, Level level, absl::string_view service,
                       absl::string_view event, const std::vector<Field>& fields);

}  // namespace houbu::observe
