#include "libs/process/config.h"

#include <optional>
#include <set>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "nlohmann/json.hpp"

#include "libs/base/status_macros.h"
#include "libs/base/text.h"
#include "libs/process/config_file.h"
#include "libs/process/config_value.h"
#include "libs/process/read_file.h"

namespace houbu::process {
namespace {

using nlohmann::json;

constexpr char kFileSuffix[] = "_file";

using GivenValues = std::map<std::string, Given>;

absl::Status Problem(absl::string_view source, absl::string_view key, absl::string_view problem) {
  std::string line = absl::StrCat(source, ": ", key, ": ", problem);
  // One line, whatever a file or variable holds.
  for (char& c : line) {
    if (absl::ascii_iscntrl(static_cast<unsigned char>(c))) c = '?';
  }
  return absl::InvalidArgumentError(line);
}

struct Known {
  std::set<std::string> keys;
  std::set<std::string> sections;  // Every proper prefix of a key.
};

Known KnownKeys(const Binder& binder) {
  Known known;
  for (const Setting& setting : binder.settings()) {
    known.keys.insert(setting.key);
    if (setting.kind == Setting::Kind::kSecret) known.keys.insert(setting.key + kFileSuffix);
    for (std::size_t dot = setting.key.find('.'); dot != std::string::npos;
         dot = setting.key.find('.', dot + 1)) {
      known.sections.insert(setting.key.substr(0, dot));
    }
  }
  return known;
}

absl::Status TakeFile(const Sources& sources, const Known& known, GivenValues& given) {
  if (sources.file_name.empty()) return absl::OkStatus();
  const absl::StatusOr<Leaves> leaves = ParseConfigText(sources.file_text);
  if (!leaves.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat(sources.file_name, ": ", leaves.status().message()));
  }
  for (const auto& [key, value] : *leaves) {
    const bool is_section = known.sections.count(key) > 0;
    if (is_section && value.is_object()) continue;
    if (is_section) return Problem(sources.file_name, key, "is a section, not a value");
    if (known.keys.count(key) == 0) return Problem(sources.file_name, key, "unknown key");
    Given one;
    one.value = value;
    one.source = sources.file_name;
    one.strength = 1;
    given[key] = std::move(one);
  }
  return absl::OkStatus();
}

absl::Status TakeEnvironment(const Sources& sources, const Known& known, GivenValues& given) {
  std::map<std::string, std::string> keys_by_name;
  for (const std::string& key : known.keys) keys_by_name[EnvironmentName(key)] = key;
  for (const auto& [name, value] : sources.environment) {
    const auto known_name = keys_by_name.find(name);
    if (known_name != keys_by_name.end()) {
      Given one;
      one.value = value;
      one.is_text = true;
      one.source = "environment " + name;
      one.strength = 2;
      given[known_name->second] = std::move(one);
      continue;
    }
    for (const std::string& section : known.sections) {
      if (absl::StartsWith(name, EnvironmentName(section) + "_")) {
        return Problem("environment", name, "unknown key");
      }
    }
  }
  return absl::OkStatus();
}

absl::Status TakeFlags(const Sources& sources, const Known& known, GivenValues& given) {
  std::set<std::string> seen;
  for (const std::string& flag : sources.flags) {
    const std::size_t equals = flag.find('=');
    if (equals == std::string::npos) return Problem("--set", flag, "must be section.key=value");
    const std::string key = flag.substr(0, equals);
    if (known.keys.count(key) == 0) return Problem("--set", key, "unknown key");
    if (!seen.insert(key).second) return Problem("--set", key, "given twice");
    Given one;
    one.value = flag.substr(equals + 1);
    one.is_text = true;
    one.source = "--set";
    one.strength = 3;
    given[key] = std::move(one);
  }
  return absl::OkStatus();
}

const Given* Find(const GivenValues& given, const std::string& key) {
  const auto found = given.find(key);
  return found == given.end() ? nullptr : &found->second;
}

absl::Status FillSecret(const Setting& setting, const GivenValues& given) {
  const Given* direct = Find(given, setting.key);
  const std::string file_key = setting.key + kFileSuffix;
  const Given* in_file = Find(given, file_key);
  if (direct != nullptr && in_file != nullptr && direct->strength == in_file->strength) {
    return Problem(in_file->source, file_key, absl::StrCat("given beside ", setting.key));
  }
  std::string* target = std::get<std::string*>(setting.target);
  const bool use_file =
      in_file != nullptr && (direct == nullptr || in_file->strength > direct->strength);
  if (!use_file) {
    if (direct == nullptr) return absl::OkStatus();
    const std::string problem = AssignValue(target, *direct, setting.range);
    return problem.empty() ? absl::OkStatus() : Problem(direct->source, setting.key, problem);
  }
  std::string path;
  const std::string problem = AssignValue(&path, *in_file, setting.range);
  if (!problem.empty()) return Problem(in_file->source, file_key, problem);
  std::optional<std::string> text = ReadFile(path);
  if (!text.has_value()) {
    return Problem(in_file->source, file_key, absl::StrCat("cannot read ", path));
  }
  if (absl::EndsWith(*text, "\n")) text->pop_back();
  *target = *std::move(text);
  return absl::OkStatus();
}

absl::Status FillPlain(const Setting& setting, const GivenValues& given) {
  const Given* one = Find(given, setting.key);
  if (one == nullptr) return absl::OkStatus();
  const std::string problem = AssignValue(setting.target, *one, setting.range);
  if (!problem.empty()) return Problem(one->source, setting.key, problem);
  const auto* text = std::get_if<std::string*>(&setting.target);
  if (text == nullptr || setting.choices.empty()) return absl::OkStatus();
  if (absl::c_linear_search(setting.choices, **text)) return absl::OkStatus();
  return Problem(one->source, setting.key,
                 absl::StrCat("must be one of ", absl::StrJoin(setting.choices, ", ")));
}

absl::Status CheckFilled(const Setting& setting, const GivenValues& given,
                         const std::string& file_name) {
  const Given* one = Find(given, setting.key);
  const std::string source = one != nullptr      ? one->source
                             : file_name.empty() ? std::string("config")
                                                 : file_name;
  const auto* text = std::get_if<std::string*>(&setting.target);
  const bool is_missing = text != nullptr ? (*text)->empty() : one == nullptr;
  if (setting.required && is_missing) return Problem(source, setting.key, "must be set");
  if (setting.kind == Setting::Kind::kFile && text != nullptr && !(*text)->empty() &&
      !ReadFile(**text).has_value()) {
    return Problem(source, setting.key, absl::StrCat("cannot read ", **text));
  }
  return absl::OkStatus();
}

}  // namespace

Setting& Binder::Add(absl::string_view key, Target target, absl::string_view help) {
  Setting setting;
  setting.key = std::string(ToStd(key));
  setting.target = target;
  setting.help = std::string(ToStd(help));
  settings_.push_back(std::move(setting));
  return settings_.back();
}

void Binder::Optional(absl::string_view key, Target target, absl::string_view help, Range range) {
  Add(key, target, help).range = range;
}

void Binder::Choice(absl::string_view key, std::string* value, std::vector<std::string> choices,
                    absl::string_view help) {
  Add(key, value, help).choices = std::move(choices);
}

void Binder::Required(absl::string_view key, Target target, absl::string_view help, Range range) {
  Setting& setting = Add(key, target, help);
  setting.range = range;
  setting.required = true;
}

void Binder::Secret(absl::string_view key, std::string* value, absl::string_view help) {
  Add(key, value, help).kind = Setting::Kind::kSecret;
}

void Binder::RequiredSecret(absl::string_view key, std::string* value, absl::string_view help) {
  Setting& setting = Add(key, value, help);
  setting.kind = Setting::Kind::kSecret;
  setting.required = true;
}

void Binder::File(absl::string_view key, std::string* path, absl::string_view help) {
  Setting& setting = Add(key, path, help);
  setting.kind = Setting::Kind::kFile;
  setting.required = true;
}

void Binder::OptionalFile(absl::string_view key, std::string* path, absl::string_view help) {
  Add(key, path, help).kind = Setting::Kind::kFile;
}

std::string EnvironmentName(absl::string_view key) {
  std::string name = absl::StrCat("HOUBU_", key);
  for (char& c : name) c = c == '.' ? '_' : absl::ascii_toupper(static_cast<unsigned char>(c));
  return name;
}

absl::Status Load(const Binder& binder, const Sources& sources) {
  const Known known = KnownKeys(binder);
  GivenValues given;
  RETURN_IF_ERROR(TakeFile(sources, known, given));
  RETURN_IF_ERROR(TakeEnvironment(sources, known, given));
  RETURN_IF_ERROR(TakeFlags(sources, known, given));
  for (const Setting& setting : binder.settings()) {
    RETURN_IF_ERROR(setting.kind == Setting::Kind::kSecret ? FillSecret(setting, given)
                                                           : FillPlain(setting, given));
    RETURN_IF_ERROR(CheckFilled(setting, given, sources.file_name));
  }
  return absl::OkStatus();
}

std::string PrintSettings(const Binder& binder) {
  nlohmann::ordered_json root = nlohmann::ordered_json::object();
  for (const Setting& setting : binder.settings()) {
    nlohmann::ordered_json* place = &root;
    for (const std::string& part : std::vector<std::string>(absl::StrSplit(setting.key, '.'))) {
      place = &(*place)[part];
    }
    json value = ShowValue(setting.target);
    if (setting.kind == Setting::Kind::kSecret && value != json("")) value = "[redacted]";
    *place = value;
  }
  return root.dump(2, ' ', false, json::error_handler_t::replace);
}

}  // namespace houbu::process
