#include "libs/observe/log.h"

#include <cstdio>
#include <mutex>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

#include "libs/observe/trace.h"
#include "spdlog/logger.h"
#include "spdlog/sinks/stdout_sinks.h"
#include "spdlog/spdlog.h"

namespace houbu::observe {
namespace {

std::string Copy(absl::string_view text) { return std::string(text.data(), text.size()); }

const char* NameOf(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

spdlog::level::level_enum ToSpdlog(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::shared_ptr<spdlog::logger> MakeLogger(const LogOptions& options) {
  auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  auto logger = std::make_shared<spdlog::logger>(options.service, std::move(sink));
  // The line is complete: spdlog adds nothing but the newline.
  logger->set_pattern("%v");
  logger->set_level(ToSpdlog(options.least));
  logger->flush_on(spdlog::level::debug);
  return logger;
}

// spdlog's own default logger writes another format to stdout: replaced before first use.
spdlog::logger& ProcessLogger() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (spdlog::get("houbu-log") != nullptr) return;
    auto marker = std::make_shared<spdlog::logger>("houbu-log");
    spdlog::register_logger(std::move(marker));
    LogOptions options;
    spdlog::set_default_logger(MakeLogger(options));
  });
  return *spdlog::default_logger_raw();
}

// C1 controls and the line separators would still reach a terminal or split a line for some
// readers although JSON allows them: they are written as escapes too.
std::string EscapeInvisible(std::string json) {
  std::string out;
  out.reserve(json.size());
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = i + 1 < json.size() ? static_cast<unsigned char>(json[i + 1]) : 0U;
    const auto third = i + 2 < json.size() ? static_cast<unsigned char>(json[i + 2]) : 0U;
    char escape[8] = "";
    if (byte == 0x7F) {
      std::snprintf(escape, sizeof escape, "\\u007f");
    } else if (byte == 0xC2 && next >= 0x80 && next <= 0x9F) {
      std::snprintf(escape, sizeof escape, "\\u%04x", next);
      i += 1;
    } else if (byte == 0xE2 && next == 0x80 && (third == 0xA8 || third == 0xA9)) {
      std::snprintf(escape, sizeof escape, "\\u20%02x", third - 0x80U);
      i += 2;
    }
    if (escape[0] == '\0') {
      out.push_back(json[i]);
    } else {
      out += escape;
    }
  }
  return out;
}

bool IsReserved(const std::string& key) {
  return key == "ts" || key == "level" || key == "svc" || key == "event";
}

void Put(nlohmann::ordered_json& line, const Field& field) {
  const std::string key = IsReserved(field.key()) ? "field_" + field.key() : field.key();
  if (const auto* text = std::get_if<std::string>(&field.value())) {
    line[key] = *text;
  } else if (const auto* number = std::get_if<std::int64_t>(&field.value())) {
    line[key] = *number;
  } else {
    line[key] = std::get<bool>(field.value());
  }
}

}  // namespace

std::optional<Level> ParseLevel(absl::string_view name) {
  if (name == "debug") return Level::kDebug;
  if (name == "info") return Level::kInfo;
  if (name == "warning") return Level::kWarning;
  if (name == "error") return Level::kError;
  return std::nullopt;
}

Field::Field(absl::string_view key, absl::string_view value)
    : key_(Copy(key)), value_(Copy(value)) {}

Field::Field(absl::string_view key, const std::string& value) : key_(Copy(key)), value_(value) {}

Field::Field(absl::string_view key, const char* value)
    : key_(Copy(key)), value_(std::string(value)) {}

Field::Field(absl::string_view key, bool value) : key_(Copy(key)), value_(value) {}

Field::Field(absl::string_view key, absl::Duration value)
    : key_(Copy(key)), value_(absl::ToInt64Microseconds(value)) {}

Field Masked(absl::string_view key, absl::string_view personal_value) {
  return Field(key, personal_value.empty() ? "" : "[masked]");
}

Field TraceField(absl::string_view traceparent) {
  return Field("trace_id", TraceIdOf(traceparent));
}

Field ErrorField(const absl::Status& status) {
  // Not ToString(): payloads may carry what a caller sent.
  return Field("error",
               absl::StrCat(absl::StatusCodeToString(status.code()), ": ", status.message()));
}

void ConfigureLog(const LogOptions& options) {
  ProcessLogger();
  spdlog::set_default_logger(MakeLogger(options));
}

void Log(Level level, absl::string_view event, const std::vector<Field>& fields) {
  spdlog::logger& logger = ProcessLogger();
  if (!logger.should_log(ToSpdlog(level))) return;
  const absl::Time now = absl::FromChrono(std::chrono::system_clock::now());
  const std::string line = RenderLine(now, level, logger.name(), event, fields);
  logger.log(ToSpdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

std::string RenderLine(absl::Time time, Level level, absl::string_view service,
                       absl::string_view event, const std::vector<Field>& fields) {
  nlohmann::ordered_json line;
  line["ts"] = absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
  line["level"] = NameOf(level);
  line["svc"] = Copy(service);
  line["event"] = Copy(event);
  for (const Field& field : fields) Put(line, field);
  return EscapeInvisible(line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
}

}  // namespace houbu::observe
