#include "libs/process/config_file.h"

#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace houbu::process {
namespace {

using nlohmann::json;

// Takes the parser's events, which alone show a key that is given twice. The names of the methods
// and their non-const parameters are nlohmann's.
class Reader {
 public:
  bool null() { return Take(json(nullptr)); }
  bool boolean(bool value) { return Take(json(value)); }
  bool number_integer(std::int64_t value) { return Take(json(value)); }
  bool number_unsigned(std::uint64_t value) { return Take(json(value)); }
  bool number_float(double value, const std::string&) { return Take(json(value)); }
  bool string(std::string& value) { return Take(json(value)); }
  bool binary(json::binary_t&) { return Fail("holds binary"); }

  bool start_object(std::size_t) {
    if (in_list_) return Fail("a list holds plain values only");
    Section section;
    if (!sections_.empty()) section.path = path_;
    sections_.push_back(std::move(section));
    return true;
  }

  bool key(std::string& name) {
    Section& section = sections_.back();
    path_ = section.path.empty() ? name : absl::StrCat(section.path, ".", name);
    if (!section.names.insert(name).second) return Fail("given twice");
    return true;
  }

  bool end_object() {
    const Section section = std::move(sections_.back());
    sections_.pop_back();
    path_ = section.path;
    if (!section.names.empty() || path_.empty()) return true;
    return Keep(json::object());
  }

  bool start_array(std::size_t) {
    if (sections_.empty()) return Fail("the file must hold one JSON object");
    if (in_list_) return Fail("a list holds plain values only");
    in_list_ = true;
    list_ = json::array();
    return true;
  }

  bool end_array() {
    in_list_ = false;
    return Keep(std::move(list_));
  }

  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    const absl::string_view what = error.what();
    const std::size_t end_of_id = what.find("] ");
    const absl::string_view text =
        end_of_id == absl::string_view::npos ? what : what.substr(end_of_id + 2);
    error_ = absl::InvalidArgumentError(text);
    return false;
  }

  const absl::Status& error() const { return error_; }
  Leaves& leaves() { return leaves_; }

 private:
  struct Section {
    std::string path;
    std::set<std::string> names;
  };

  bool Fail(absl::string_view problem) {
    error_ = absl::InvalidArgumentError(path_.empty() ? std::string(problem.data(), problem.size())
                                                      : absl::StrCat(path_, ": ", problem));
    return false;
  }

  bool Take(json value) {
    if (sections_.empty()) return Fail("the file must hold one JSON object");
    if (!in_list_) return Keep(std::move(value));
    list_.push_back(std::move(value));
    return true;
  }

  bool Keep(json value) {
    if (!leaves_.emplace(path_, std::move(value)).second) return Fail("given twice");
    return true;
  }

  std::vector<Section> sections_;
  std::string path_;
  bool in_list_ = false;
  json list_;
  Leaves leaves_;
  absl::Status error_;
};

}  // namespace

absl::StatusOr<Leaves> ParseConfigText(const std::string& text) {
  Reader reader;
  const bool strict = true;
  const bool ignore_comments = true;
  const bool ok =
      json::sax_parse(text, &reader, json::input_format_t::json, strict, ignore_comments);
  if (!ok) return reader.error();
  return std::move(reader.leaves());
}

}  // namespace houbu::process
