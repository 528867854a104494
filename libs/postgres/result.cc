#include "libs/postgres/result.h"

#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/postgres/text_format.h"

namespace houbu::postgres {
namespace {

/// Ends the process: the statement and the code that reads it do not fit together.
[[noreturn]] void Bug(absl::string_view column, const char* what) {
  std::fprintf(stderr, "bug: column \"%.*s\" %s\n", static_cast<int>(column.size()), column.data(),
               what);
  std::abort();
}

}  // namespace

Row::Row(std::shared_ptr<const pg_result> result, int index)
    : result_(std::move(result)), index_(index) {}

int Row::Column(absl::string_view name) const {
  // PQfnumber folds case and wants a terminated string; rows are narrow, so compare.
  const int columns = PQnfields(result_.get());
  for (int column = 0; column < columns; ++column) {
    if (name == PQfname(result_.get(), column)) {
      return column;
    }
  }
  Bug(name, "is not in the result");
}

absl::string_view Row::Required(absl::string_view name) const {
  const int column = Column(name);
  if (PQgetisnull(result_.get(), index_, column) != 0) {
    Bug(name, "is NULL");
  }
  return absl::string_view(PQgetvalue(result_.get(), index_, column),
                           static_cast<std::size_t>(PQgetlength(result_.get(), index_, column)));
}

std::string Row::Text(absl::string_view column) const { return std::string(Required(column)); }

std::int64_t Row::Int64(absl::string_view column) const {
  std::int64_t value = 0;
  if (!absl::SimpleAtoi(Required(column), &value)) {
    Bug(column, "is no whole number");
  }
  return value;
}

std::int32_t Row::Int32(absl::string_view column) const {
  std::int32_t value = 0;
  if (!absl::SimpleAtoi(Required(column), &value)) {
    Bug(column, "is no whole number of 32 bits");
  }
  return value;
}

bool Row::Bool(absl::string_view column) const {
  const absl::string_view text = Required(column);
  if (text != "t" && text != "f") {
    Bug(column, "is no boolean");
  }
  return text == "t";
}

absl::Time Row::Time(absl::string_view column) const {
  const std::optional<absl::Time> time = ParseTimestamp(Required(column));
  if (!time.has_value()) {
    Bug(column, "is no timestamptz");
  }
  return *time;
}

std::string Row::Bytes(absl::string_view column) const {
  std::optional<std::string> bytes = ParseBytes(Required(column));
  if (!bytes.has_value()) {
    Bug(column, "is no bytea");
  }
  return *std::move(bytes);
}

std::vector<std::string> Row::TextArray(absl::string_view column) const {
  std::optional<std::vector<std::string>> elements = ParseArray(Required(column));
  if (!elements.has_value()) {
    Bug(column, "is no array of one dimension without NULLs");
  }
  return *std::move(elements);
}

std::vector<std::int64_t> Row::IntArray(absl::string_view column) const {
  std::vector<std::int64_t> values;
  for (const std::string& element : TextArray(column)) {
    std::int64_t value = 0;
    if (!absl::SimpleAtoi(element, &value)) {
      Bug(column, "is no array of whole numbers");
    }
    values.push_back(value);
  }
  return values;
}

bool Row::IsNull(absl::string_view column) const {
  return PQgetisnull(result_.get(), index_, Column(column)) != 0;
}

std::optional<std::string> Row::OptionalText(absl::string_view column) const {
  return IsNull(column) ? std::nullopt : std::make_optional(Text(column));
}

std::optional<std::int64_t> Row::OptionalInt64(absl::string_view column) const {
  return IsNull(column) ? std::nullopt : std::make_optional(Int64(column));
}

std::optional<absl::Time> Row::OptionalTime(absl::string_view column) const {
  return IsNull(column) ? std::nullopt : std::make_optional(Time(column));
}

std::optional<std::string> Row::OptionalBytes(absl::string_view column) const {
  return IsNull(column) ? std::nullopt : std::make_optional(Bytes(column));
}

Result::Result(std::shared_ptr<const pg_result> result) : result_(std::move(result)) {}

int Result::rows() const { return result_ == nullptr ? 0 : PQntuples(result_.get()); }

Row Result::row(int index) const {
  if (index < 0 || index >= rows()) {
    Bug(absl::StrCat(index), "is no row of the result");
  }
  return Row(result_, index);
}

std::int64_t Result::affected() const {
  std::int64_t count = 0;
  if (result_ == nullptr) {
    return count;
  }
  // libpq's accessor takes a non-const result but changes nothing.
  const char* const text = PQcmdTuples(const_cast<pg_result*>(result_.get()));
  return absl::SimpleAtoi(text, &count) ? count : 0;
}

}  // namespace houbu::postgres
