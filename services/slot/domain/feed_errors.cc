#include "services/slot/domain/feed_errors.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::slot {

std::string Format(const FeedError& error) {
  std::string line = error.place.file;
  if (error.place.line > 0) absl::StrAppend(&line, ":", error.place.line);
  if (error.place.column > 0) absl::StrAppend(&line, ":", error.place.column);
  absl::StrAppend(&line, ": ", error.message);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = ' ';
  }
  return line;
}

void FeedErrors::Add(FilePlace place, absl::string_view message) {
  ++count_;
  if (count_ <= kReportedMax) {
    reported_.push_back(FeedError{std::move(place), std::string(message)});
  }
}

}  // namespace houbu::slot
