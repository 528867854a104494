/// How an operator tells a service what to do: one JSON file, in which comments are allowed, with
/// single settings overridden by the environment and by flags.
///
///     --set section.key=value  >  HOUBU_SECTION_KEY  >  the file  >  the default in the code
///
/// Nothing is guessed: an unknown key, a key given twice, a value of the wrong type or outside its
/// bounds, or a file that cannot be read stops the service before it starts, with one line that
/// names the key and where it was set.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace houbu::process {

/// The bounds of a number, both included.
struct Range {
  std::int64_t least = 0;
  std::int64_t most = std::numeric_limits<std::int64_t>::max();
};

/// A setting's value: a pointer into the service's config structure, which says its type. Text is a
/// JSON string; a duration is a JSON string such as "30s", "1h30m" or "200ms".
using Target = std::variant<std::string*, bool*, int*, std::int64_t*, absl::Duration*,
                            std::vector<std::string>*>;

/// What is known of a setting before anyone sets it.
struct Setting {
  enum class Kind { kPlain, kSecret, kFile };

  std::string key;  ///< "section.key", lower_snake, at least one dot.
  Target target;
  std::string help;  ///< One sentence for the reference.
  Kind kind = Kind::kPlain;
  bool required = false;
  Range range;
  std::vector<std::string> choices;  ///< The texts allowed; empty allows any.
};

/// Collects the settings of a service. A config structure's Bind() calls these, once a setting.
class Binder final {
 public:
  /// Binds a setting that keeps the value it has in the structure unless it is set.
  void Optional(absl::string_view key, Target target, absl::string_view help,
                Range range = Range());

  /// Binds a text that is one of `choices`; the structure holds the default.
  void Choice(absl::string_view key, std::string* value, std::vector<std::string> choices,
              absl::string_view help);

  /// Binds a setting without which the service does not start. An empty text counts as not set.
  void Required(absl::string_view key, Target target, absl::string_view help,
                Range range = Range());

  /// Binds a secret text. Besides `key` there is `key_file`, the path of a file that holds it (one
  /// trailing newline is dropped); in production only that is used. Never printed.
  void Secret(absl::string_view key, std::string* value, absl::string_view help);

  /// Binds a secret without which the service does not start; `key` or `key_file`.
  void RequiredSecret(absl::string_view key, std::string* value, absl::string_view help);

  /// Binds the path of a file that must be there and readable when the service starts.
  void File(absl::string_view key, std::string* path, absl::string_view help);

  /// Binds the path of a file that must be readable if it is set at all.
  void OptionalFile(absl::string_view key, std::string* path, absl::string_view help);

  /// Gives the settings in the order they were bound.
  const std::vector<Setting>& settings() const { return settings_; }

 private:
  Setting& Add(absl::string_view key, Target target, absl::string_view help);

  std::vector<Setting> settings_;
};

/// Where values come from, weakest first.
struct Sources {
  std::string file_name;                           ///< For messages; empty when there is no file.
  std::string file_text;                           ///< JSON, with // and /* */ comments allowed.
  std::map<std::string, std::string> environment;  ///< All of it; only HOUBU_* is looked at.
  std::vector<std::string> flags;                  ///< The arguments of --set: "section.key=value".
};

/// Fills the bound structure from the sources. The error's message is one line for the operator.
/// In the environment only names of a section that exists are looked at, so that HOUBU_POSTGRES_POL
/// is refused and HOUBU_TEST_PG is none of our business.
absl::Status Load(const Binder& binder, const Sources& sources);

/// Gives the settings as they are now, as JSON with secrets replaced by "[redacted]".
std::string PrintSettings(const Binder& binder);

/// Gives the name of the environment variable for a key: "postgres.pool_size" is
/// HOUBU_POSTGRES_POOL_SIZE.
std::string EnvironmentName(absl::string_view key);

}  // namespace houbu::process
