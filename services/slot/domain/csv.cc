#include "services/slot/domain/csv.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/base/text.h"

namespace houbu::slot {
namespace {

constexpr absl::string_view kByteOrderMark = "\xEF\xBB\xBF";

// Every byte of a UTF-8 character but its first.
bool IsContinuation(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

CsvReader::CsvReader(absl::string_view file, absl::string_view text, FeedErrors& errors)
    : file_(file), text_(text), errors_(errors) {
  absl::ConsumePrefix(&text_, kByteOrderMark);
}

bool CsvReader::Next(std::vector<CsvField>& fields) {
  fields.clear();
  while (at_ < text_.size() && AtLineEnd()) SkipLineEnd();
  if (at_ >= text_.size()) return false;
  for (;;) {
    CsvField& field = fields.emplace_back();
    if (!ReadField(field)) {
      at_ = text_.size();
      fields.clear();
      return false;
    }
    if (at_ >= text_.size()) return true;
    if (AtLineEnd()) {
      SkipLineEnd();
      return true;
    }
    Advance();  // the comma
  }
}

bool CsvReader::ReadField(CsvField& field) {
  field.line = line_;
  field.column = column_;
  if (at_ < text_.size() && text_[at_] == '"') return ReadQuoted(field);
  const std::size_t start = at_;
  while (at_ < text_.size() && text_[at_] != ',' && !AtLineEnd()) {
    if (text_[at_] == '"') {
      return Fail(line_, column_,
                  "a quote inside a field: quote the whole field and double its quotes");
    }
    Advance();
  }
  field.text = std::string(text_.substr(start, at_ - start));
  return true;
}

bool CsvReader::ReadQuoted(CsvField& field) {
  Advance();
  while (at_ < text_.size()) {
    if (text_[at_] != '"') {
      field.text.push_back(text_[at_]);
      Advance();
      continue;
    }
    Advance();
    if (at_ < text_.size() && text_[at_] == '"') {
      field.text.push_back('"');
      Advance();
      continue;
    }
    if (at_ >= text_.size() || text_[at_] == ',' || AtLineEnd()) return true;
    return Fail(line_, column_, "text after a closing quote: a comma or a line end belongs here");
  }
  return Fail(field.line, field.column, "a quote that is never closed: close it");
}

bool CsvReader::AtLineEnd() const {
  return text_[at_] == '\n' ||
         (text_[at_] == '\r' && (at_ + 1 == text_.size() || text_[at_ + 1] == '\n'));
}

void CsvReader::SkipLineEnd() {
  if (text_[at_] == '\r') ++at_;
  if (at_ < text_.size() && text_[at_] == '\n') ++at_;
  ++line_;
  column_ = 1;
}

void CsvReader::Advance() {
  if (text_[at_] == '\n') {
    ++line_;
    column_ = 1;
  } else if (at_ + 1 >= text_.size() || !IsContinuation(text_[at_ + 1])) {
    ++column_;
  }
  ++at_;
}

bool CsvReader::Fail(int line, int column, absl::string_view message) {
  errors_.Add(FilePlace{file_, line, column}, message);
  return false;
}

CsvTable::CsvTable(absl::string_view file, absl::string_view text, FeedErrors& errors)
    : file_(file), errors_(errors), reader_(file, text, errors) {
  const int faults = errors.count();
  readable_ = reader_.Next(header_);
  if (!readable_ && errors.count() == faults) {
    errors.Add(FilePlace{file_, 1, 1}, "the file is empty: its first line must name the columns");
  }
  for (CsvField& field : header_) {
    field.text = std::string(absl::StripAsciiWhitespace(field.text));
  }
}

CsvColumn CsvTable::Required(absl::string_view name) {
  const CsvColumn column = Optional(name);
  if (column < 0 && readable_) {
    errors_.Add(FilePlace{file_, header_.front().line, 1},
                absl::StrCat("the column ", name, " is missing: add it"));
  }
  return column;
}

CsvColumn CsvTable::Optional(absl::string_view name) const {
  for (std::size_t i = 0; i < header_.size(); ++i) {
    if (header_[i].text == name) return static_cast<CsvColumn>(i);
  }
  return -1;
}

bool CsvTable::Next() {
  while (readable_ && reader_.Next(row_)) {
    const bool blank = row_.size() == 1 && absl::StripAsciiWhitespace(row_[0].text).empty();
    if (blank && header_.size() > 1) continue;
    bool good = true;
    if (row_.size() != header_.size()) {
      errors_.Add(FilePlace{file_, row_.front().line, 1},
                  absl::StrCat("the row has ", row_.size(), " fields and the header ",
                               header_.size(), ": mend its commas"));
      good = false;
    }
    for (const CsvField& field : row_) {
      if (IsValidUtf8(field.text) && !absl::StrContains(field.text, absl::string_view("\0", 1))) {
        continue;
      }
      errors_.Add(FilePlace{file_, field.line, field.column},
                  "not well-formed UTF-8: save the file as UTF-8");
      good = false;
    }
    if (good) return true;
  }
  return false;
}

absl::string_view CsvTable::Get(CsvColumn column) const {
  if (column < 0 || static_cast<std::size_t>(column) >= row_.size()) return absl::string_view();
  return absl::StripAsciiWhitespace(row_[static_cast<std::size_t>(column)].text);
}

absl::string_view CsvTable::Need(CsvColumn column) {
  const absl::string_view text = Get(column);
  if (text.empty() && column >= 0) {
    Fail(column, absl::StrCat(NameOf(column), " is empty: fill it in"));
  }
  return text;
}

FilePlace CsvTable::PlaceOf(CsvColumn column) const {
  if (row_.empty()) return FilePlace{file_, 1, 1};
  const bool known = column >= 0 && static_cast<std::size_t>(column) < row_.size();
  const CsvField& field = known ? row_[static_cast<std::size_t>(column)] : row_.front();
  return FilePlace{file_, field.line, field.column};
}

void CsvTable::Fail(CsvColumn column, absl::string_view message) {
  errors_.Add(PlaceOf(column), message);
}

void CsvTable::FailAt(FilePlace place, absl::string_view message) {
  errors_.Add(std::move(place), message);
}

std::string CsvTable::NameOf(CsvColumn column) const {
  return header_[static_cast<std::size_t>(column)].text;
}

}  // namespace houbu::slot
