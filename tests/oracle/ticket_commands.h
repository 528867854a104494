/// Commands and right answers of a ticket system with a queue, as the oracle's files have them. A
/// command is a line `[timestamp] name -letter value ...`; how many lines answer it follows from
/// its name and from the answer's first line.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

#include "tests/oracle/data_folder.h"

namespace houbu::oracle {

/// One line of a file of commands.
struct Command {
  std::int64_t timestamp = 0;
  std::string name;                       ///< "buy_ticket"
  std::map<char, std::string> arguments;  ///< By letter.

  /// An argument; `otherwise` where the command has none of that letter.
  std::string Get(char letter, const std::string& otherwise = "") const {
    const auto found = arguments.find(letter);
    return found == arguments.end() ? otherwise : found->second;
  }
  /// An argument that is a number.
  int Number(char letter, int otherwise = 0) const {
    int number = otherwise;
    return absl::SimpleAtoi(Get(letter), &number) ? number : otherwise;
  }
  /// An argument that is a list.
  std::vector<std::string> List(char letter) const { return absl::StrSplit(Get(letter), '|'); }
};

/// Reads a line.
inline Command ParseCommand(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  Command command;
  if (words.size() < 2) return command;
  absl::string_view stamp = words[0];
  absl::ConsumePrefix(&stamp, "[");
  absl::ConsumeSuffix(&stamp, "]");
  if (!absl::SimpleAtoi(stamp, &command.timestamp)) return command;
  command.name = words[1];
  for (std::size_t i = 2; i + 1 < words.size(); i += 2) {
    command.arguments[words[i].back()] = words[i + 1];
  }
  return command;
}

/// The lines of a text file, without their ends.
inline std::vector<std::string> ReadLines(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) lines.push_back(line);
  }
  return lines;
}

/// The right answers of a file, taken one after the other.
class Answers final {
 public:
  explicit Answers(std::vector<std::string> lines) : lines_(std::move(lines)) {}

  /// The whole answer to `command`; `stops` is how many stations the train it names has.
  std::string Take(const Command& command, int stops) {
    const std::size_t end = std::min(lines_.size(), at_ + LineCount(command, stops));
    std::vector<std::string> taken(lines_.begin() + static_cast<std::ptrdiff_t>(at_),
                                   lines_.begin() + static_cast<std::ptrdiff_t>(end));
    at_ = end;
    if (!taken.empty()) {
      absl::string_view first = taken[0];
      absl::ConsumePrefix(&first, absl::StrCat("[", command.timestamp, "] "));
      taken[0] = std::string(first.data(), first.size());
    }
    return absl::StrJoin(taken, "\n");
  }

  /// Whether every line was taken.
  bool IsOver() const { return at_ == lines_.size(); }

 private:
  std::size_t LineCount(const Command& command, int stops) const {
    if (at_ >= lines_.size()) return 0;
    const std::string first = FirstLine(command);
    int listed = 0;
    if (command.name == "query_ticket" || command.name == "query_order") {
      return absl::SimpleAtoi(first, &listed) && listed > 0 ? 1 + static_cast<std::size_t>(listed)
                                                            : 1;
    }
    if (command.name == "query_train")
      return first == "-1" ? 1 : 1 + static_cast<std::size_t>(stops);
    if (command.name == "query_transfer") return first == "0" || first == "-1" ? 1 : 2;
    return 1;
  }

  std::string FirstLine(const Command& command) const {
    absl::string_view first = lines_[at_];
    absl::ConsumePrefix(&first, absl::StrCat("[", command.timestamp, "] "));
    return std::string(first.data(), first.size());
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
};

/// One file of commands with the answers beside it.
struct Volume {
  std::string name;  ///< "basic_1/1"
  std::vector<std::string> commands;
  std::vector<std::string> answers;
};

/// The volumes of one folder, in their order; none where the folder is missing.
inline std::vector<Volume> ReadVolumes(const std::string& folder) {
  const std::filesystem::path oracle = SharedData("HOUBU_ORACLE_DIR", "ticket-oracle");
  std::vector<Volume> volumes;
  for (int number = 1;; ++number) {
    const std::filesystem::path stem = oracle / folder / std::to_string(number);
    Volume volume;
    volume.name = absl::StrCat(folder, "/", number);
    volume.commands = ReadLines(stem.string() + ".in");
    volume.answers = ReadLines(stem.string() + ".out");
    if (volume.commands.empty()) return volumes;
    volumes.push_back(std::move(volume));
  }
}

}  // namespace houbu::oracle
