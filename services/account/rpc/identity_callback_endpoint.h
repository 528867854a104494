/// The door for the identity provider's late answers: plain HTTP behind the ingress, each proven by
/// its signature over the raw body before a word of it is believed.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

#include "libs/base/clock.h"
#include "libs/http/message.h"
#include "services/account/app/late_answers.h"
#include "services/account/app/ports_verification.h"

namespace houbu::account {

/// Where callbacks come.
inline constexpr char kIdentityCallbackPath[] = "/callbacks/identity";

/// The largest callback read.
inline constexpr std::size_t kCallbackBytesMax = std::size_t{16} << 10;

/// Told what became of each callback: "ACCEPTED", "UNSIGNED", "FORGED", "STALE", "REPLAYED",
/// "MALFORMED", "OVERSIZED", "UNKNOWN", "FAILED".
using CallbackCounter = std::function<void(absl::string_view outcome)>;

/// Answers POST /callbacks/identity.
class IdentityCallbackEndpoint final {
 public:
  /// All outlive the endpoint.
  IdentityCallbackEndpoint(const NoticeReader& reader, LateAnswers& answers, const Clock& clock,
                           CallbackCounter count)
      : reader_(reader), answers_(answers), clock_(clock), count_(std::move(count)) {}

  /// Takes one callback. 200 when it is taken (again too); 4xx when it is not believed or not ours,
  /// and nothing has changed; 503 when it should come again.
  Task<http::Response> Take(http::Request request);

 private:
  Task<void> Believe(http::Request request);

  const NoticeReader& reader_;
  LateAnswers& answers_;
  const Clock& clock_;
  CallbackCounter count_;
};

}  // namespace houbu::account
