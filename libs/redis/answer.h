/// What came of a command, before anybody decides what to do about it.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "libs/redis/reply.h"

namespace houbu::redis {

/// The outcome of one try.
struct Answer {
  /// What kind of outcome it is.
  enum class Kind {
    kReply,    ///< Redis did it: `reply`.
    kError,    ///< Redis refused or failed: its words in `text`.
    kLost,     ///< No answer came: it may have been done. Why, in `text`.
    kNotSent,  ///< It was surely not done, and may be elsewhere or soon. Why, in `text`.
    kRefused,  ///< It was not sent and shall not be tried again: `status`.
  };

  Kind kind = Kind::kLost;
  Reply reply;
  std::string text;
  absl::Status status;

  /// Makes a kLost.
  static Answer Lost(std::string cause);
  /// Makes a kNotSent.
  static Answer NotSent(std::string cause);
  /// Makes a kRefused.
  static Answer Refused(absl::Status status);

  /// Tells whether it is an error reply with this code, such as "MOVED".
  bool HasCode(absl::string_view code) const;
  /// Tells whether a function was called that no loaded library has.
  bool LacksFunction() const;

  /// What a caller sees of it, see errors.h.
  absl::StatusOr<Reply> Outcome() const;
};

/// Takes an answer; called once.
using OnAnswer = std::function<void(Answer)>;

/// Where a redirection leads.
struct Redirection {
  int slot = 0;
  std::string host;  ///< "" for the host that answered.
  int port = 0;
};

/// Reads the words of MOVED and ASK: "MOVED 3999 10.0.0.7:6381". INTERNAL for everything else.
absl::StatusOr<Redirection> ParseRedirection(absl::string_view text);

}  // namespace houbu::redis
