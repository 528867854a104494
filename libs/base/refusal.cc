#include "libs/base/refusal.h"

#include <utility>

#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace houbu {
namespace {

constexpr char kReasonUrl[] = "houbu/reason";
constexpr char kMetadataUrl[] = "houbu/metadata";
constexpr char kRetryAfterUrl[] = "houbu/retry_after_micros";
constexpr char kViolationsUrl[] = "houbu/violations";
constexpr std::size_t kReasonBytesMax = 63;

// Appends one netstring: "5:hello". Any bytes go in and come out again.
void AppendText(std::string& to, absl::string_view text) {
  absl::StrAppend(&to, text.size(), ":", text);
}

// Takes the next netstring off `from`; what this file wrote is well-formed.
std::string TakeText(absl::string_view& from) {
  const std::size_t colon = from.find(':');
  std::size_t size = 0;
  if (colon == absl::string_view::npos || !absl::SimpleAtoi(from.substr(0, colon), &size) ||
      from.size() - colon - 1 < size) {
    from = {};
    return "";
  }
  std::string text(from.substr(colon + 1, size));
  from.remove_prefix(colon + 1 + size);
  return text;
}

std::string PayloadOf(const absl::Status& status, absl::string_view url) {
  const absl::optional<absl::Cord> payload = status.GetPayload(url);
  return payload.has_value() ? std::string(*payload) : std::string();
}

}  // namespace

absl::Status Refuse(const Refusal& refusal, Metadata metadata) {
  return StatusWithReason(refusal.code, refusal.reason, refusal.message, metadata);
}

absl::Status StatusWithReason(absl::StatusCode code, absl::string_view reason,
                              absl::string_view message, const Metadata& metadata) {
  absl::Status status(code, message);
  status.SetPayload(kReasonUrl, absl::Cord(reason.substr(0, kReasonBytesMax)));
  if (!metadata.empty()) {
    std::string encoded;
    for (const auto& [key, value] : metadata) {
      AppendText(encoded, key);
      AppendText(encoded, value);
    }
    status.SetPayload(kMetadataUrl, absl::Cord(encoded));
  }
  return status;
}

absl::string_view ReasonOf(const absl::Status& status) {
  absl::string_view reason;
  // The visitor sees the cord that lives in the status, so its flat bytes outlive this call.
  status.ForEachPayload([&reason](absl::string_view url, const absl::Cord& payload) {
    if (url == kReasonUrl) {
      reason = payload.TryFlat().value_or(absl::string_view());
    }
  });
  return reason;
}

Metadata MetadataOf(const absl::Status& status) {
  const std::string encoded = PayloadOf(status, kMetadataUrl);
  Metadata metadata;
  for (absl::string_view rest = encoded; !rest.empty();) {
    std::string key = TakeText(rest);
    metadata[std::move(key)] = TakeText(rest);
  }
  return metadata;
}

absl::Status WithRetryAfter(absl::Status status, absl::Duration delay) {
  status.SetPayload(kRetryAfterUrl, absl::Cord(absl::StrCat(absl::ToInt64Microseconds(delay))));
  return status;
}

absl::optional<absl::Duration> RetryAfterOf(const absl::Status& status) {
  std::int64_t micros = 0;
  if (!absl::SimpleAtoi(PayloadOf(status, kRetryAfterUrl), &micros)) {
    return absl::nullopt;
  }
  return absl::Microseconds(micros);
}

absl::Status WithViolations(absl::Status status, const std::vector<Violation>& violations) {
  std::string encoded;
  for (const Violation& violation : violations) {
    AppendText(encoded, violation.field);
    AppendText(encoded, violation.description);
  }
  status.SetPayload(kViolationsUrl, absl::Cord(encoded));
  return status;
}

std::vector<Violation> ViolationsOf(const absl::Status& status) {
  const std::string encoded = PayloadOf(status, kViolationsUrl);
  std::vector<Violation> violations;
  for (absl::string_view rest = encoded; !rest.empty();) {
    std::string field = TakeText(rest);
    violations.push_back(Violation{std::move(field), TakeText(rest)});
  }
  return violations;
}

void Violations::Add(absl::string_view field, absl::string_view description) {
  violations_.push_back(Violation{std::string(field), std::string(description)});
}

absl::Status Violations::ToStatus() const {
  if (violations_.empty()) {
    return absl::OkStatus();
  }
  return WithViolations(Refuse(kInvalidRequest), violations_);
}

}  // namespace houbu
