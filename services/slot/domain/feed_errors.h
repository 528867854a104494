/// What is wrong with the files of an import: every fault with its place, so that a whole feed is
/// mended in one go.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace houbu::slot {

/// A place in a file. Line and column count from 1, columns in characters; 0 where there is none.
struct FilePlace {
  std::string file;
  int line = 0;
  int column = 0;
};

/// One fault and what to do about it.
struct FeedError {
  FilePlace place;
  std::string message;
};

/// Writes "stop_times.txt:12:3: ..."; control characters are left out.
std::string Format(const FeedError& error);

/// Gathers faults; the first kReportedMax are kept, the rest only counted.
class FeedErrors final {
 public:
  /// How many are kept.
  static constexpr int kReportedMax = 50;

  /// Notes a fault.
  void Add(FilePlace place, absl::string_view message);

  /// Tells whether there is none.
  bool empty() const { return count_ == 0; }

  /// How many there are, kept or not.
  int count() const { return count_; }

  /// Those that are kept, in the order they were found.
  const std::vector<FeedError>& reported() const { return reported_; }

 private:
  int count_ = 0;
  std::vector<FeedError> reported_;
};

}  // namespace houbu::slot
