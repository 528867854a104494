/// Comma-separated values as RFC 4180 has them, read with the place of every field.
///
/// A byte order mark, CRLF or LF, quoted fields with commas, quotes ("") and line ends in them are
/// read; blank lines are skipped.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "services/slot/domain/feed_errors.h"

namespace houbu::slot {

/// One field and where it begins.
struct CsvField {
  std::string text;
  int line = 0;
  int column = 0;
};

/// Reads rows of fields.
class CsvReader final {
 public:
  /// Reads `text`, which must outlive this. Faults are noted in `errors` under the name `file`.
  CsvReader(absl::string_view file, absl::string_view text, FeedErrors& errors);

  /// Reads the next row; false at the end, or after a fault that leaves no telling where rows end.
  bool Next(std::vector<CsvField>& fields);

 private:
  bool ReadField(CsvField& field);
  bool ReadQuoted(CsvField& field);
  bool AtLineEnd() const;
  void SkipLineEnd();
  void Advance();
  bool Fail(int line, int column, absl::string_view message);

  std::string file_;
  absl::string_view text_;
  FeedErrors& errors_;
  std::size_t at_ = 0;
  int line_ = 1;
  int column_ = 1;
};

/// A column of a table: its position among the fields, -1 where the file has none.
using CsvColumn = int;

/// A file with a header: rows whose fields are asked for by column.
class CsvTable final {
 public:
  /// Reads the header. `text` must outlive this.
  CsvTable(absl::string_view file, absl::string_view text, FeedErrors& errors);

  /// The column of this name; a fault where the header has none.
  CsvColumn Required(absl::string_view name);

  /// The column of this name, or none.
  CsvColumn Optional(absl::string_view name) const;

  /// Goes to the next row; false at the end. Rows with too few or too many fields are faults and
  /// are passed over.
  bool Next();

  /// The field of the present row, blanks around it dropped; "" for a column that is not there.
  absl::string_view Get(CsvColumn column) const;

  /// As Get; a fault, and "", where the field is empty.
  absl::string_view Need(CsvColumn column);

  /// Where the field of the present row begins.
  FilePlace PlaceOf(CsvColumn column) const;

  /// Notes a fault at a field of the present row.
  void Fail(CsvColumn column, absl::string_view message);

  /// Notes a fault at a place kept from an earlier row.
  void FailAt(FilePlace place, absl::string_view message);

 private:
  std::string NameOf(CsvColumn column) const;

  std::string file_;
  FeedErrors& errors_;
  CsvReader reader_;
  std::vector<CsvField> header_;
  std::vector<CsvField> row_;
  bool readable_ = false;
};

}  // namespace houbu::slot
