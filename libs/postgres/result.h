/// What a statement gave: rows of named columns.
///
/// Accessors are strict: a column that is not there, a NULL read as a value or a text read as a
/// number is a bug in the statement beside it and ends the process with a line that names it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

struct pg_result;

namespace houbu::postgres {

/// One row. Cheap to copy; keeps its result alive.
class Row final {
 public:
  /// The column's text; also any other type in PostgreSQL's text form.
  std::string Text(absl::string_view column) const;
  /// A smallint, int or bigint.
  std::int64_t Int64(absl::string_view column) const;
  /// An int that fits 32 bits.
  std::int32_t Int32(absl::string_view column) const;
  /// A boolean.
  bool Bool(absl::string_view column) const;
  /// A timestamptz, microseconds; infinity is absl::InfiniteFuture().
  absl::Time Time(absl::string_view column) const;
  /// A bytea.
  std::string Bytes(absl::string_view column) const;
  /// A text[] without NULLs, one dimension.
  std::vector<std::string> TextArray(absl::string_view column) const;
  /// A smallint[], int[] or bigint[] without NULLs, one dimension.
  std::vector<std::int64_t> IntArray(absl::string_view column) const;

  /// Tells whether the column is NULL.
  bool IsNull(absl::string_view column) const;
  /// As Text, nothing for NULL.
  std::optional<std::string> OptionalText(absl::string_view column) const;
  /// As Int64, nothing for NULL.
  std::optional<std::int64_t> OptionalInt64(absl::string_view column) const;
  /// As Time, nothing for NULL.
  std::optional<absl::Time> OptionalTime(absl::string_view column) const;
  /// As Bytes, nothing for NULL.
  std::optional<std::string> OptionalBytes(absl::string_view column) const;

 private:
  friend class Result;

  Row(std::shared_ptr<const pg_result> result, int index);

  int Column(absl::string_view name) const;
  absl::string_view Required(absl::string_view name) const;

  std::shared_ptr<const pg_result> result_;
  int index_;
};

/// The rows of one statement. Cheap to copy; shared, never changed.
class Result final {
 public:
  /// No rows: what a statement that gives none leaves.
  Result() = default;

  /// Wraps what libpq gave.
  explicit Result(std::shared_ptr<const pg_result> result);

  /// How many rows there are.
  int rows() const;
  /// Tells whether there is no row.
  bool empty() const { return rows() == 0; }
  /// Row `index`, counted from 0.
  Row row(int index) const;
  /// How many rows were inserted, updated, deleted or selected.
  std::int64_t affected() const;

 private:
  std::shared_ptr<const pg_result> result_;
};

}  // namespace houbu::postgres
