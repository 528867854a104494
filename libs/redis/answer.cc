#include "libs/redis/answer.h"

#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

#include "libs/base/text.h"
#include "libs/redis/errors.h"

namespace houbu::redis {

Answer Answer::Lost(std::string cause) {
  Answer answer;
  answer.kind = Kind::kLost;
  answer.text = std::move(cause);
  return answer;
}

Answer Answer::NotSent(std::string cause) {
  Answer answer;
  answer.kind = Kind::kNotSent;
  answer.text = std::move(cause);
  return answer;
}

Answer Answer::Refused(absl::Status status) {
  Answer answer;
  answer.kind = Kind::kRefused;
  answer.status = std::move(status);
  return answer;
}

bool Answer::HasCode(absl::string_view code) const {
  absl::string_view words = text;
  return kind == Kind::kError && absl::ConsumePrefix(&words, code) &&
         (words.empty() || words.front() == ' ');
}

bool Answer::LacksFunction() const {
  return kind == Kind::kError && absl::StartsWith(text, "ERR Function not found");
}

absl::StatusOr<Reply> Answer::Outcome() const {
  switch (kind) {
    case Kind::kReply:
      return reply;
    case Kind::kError:
      return StatusOfError(text);
    case Kind::kLost:
    case Kind::kNotSent:
      return UnavailableBecause(text);
    case Kind::kRefused:
      return status;
  }
  return absl::InternalError("No such answer.");
}

absl::StatusOr<Redirection> ParseRedirection(absl::string_view text) {
  const std::vector<absl::string_view> words = absl::StrSplit(text, ' ');
  Redirection found;
  if (words.size() < 3 || !absl::SimpleAtoi(words[1], &found.slot)) {
    return absl::InternalError("Redis' redirection leads nowhere.");
  }
  const std::size_t colon = words[2].rfind(':');
  if (colon == absl::string_view::npos ||
      !absl::SimpleAtoi(words[2].substr(colon + 1), &found.port)) {
    return absl::InternalError("Redis' redirection leads nowhere.");
  }
  found.host = std::string(ToStd(words[2].substr(0, colon)));
  return found;
}

}  // namespace houbu::redis
