/// The door for providers' callbacks: plain HTTP behind the ingress, each callback proven by its
/// signature over the raw body before a word of it is believed.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

#include "libs/async/task.h"
#include "libs/base/clock.h"
#include "libs/http/message.h"
#include "services/payment/app/fact_application.h"
#include "services/payment/app/ports.h"

namespace houbu::payment {

/// Told what became of each callback: "ACCEPTED", "UNSIGNED", "STALE", "FORGED", "REPLAYED",
/// "OVERSIZED", "MALFORMED", "UNKNOWN", "FAILED". For the figures.
using CallbackCounter = std::function<void(absl::string_view outcome)>;

/// The largest callback read.
inline constexpr std::size_t kCallbackBytesMax = std::size_t{16} << 10;

/// Answers POST /callbacks/<channel> of one channel.
class CallbackEndpoint final {
 public:
  /// All outlive the endpoint.
  CallbackEndpoint(const NoticeReader& reader, FactApplication& facts, const Clock& clock,
                   CallbackCounter count)
      : reader_(reader), facts_(facts), clock_(clock), count_(std::move(count)) {}

  /// Takes one callback. 200 when it is taken (again too); 4xx when it is not believed or not ours,
  /// and nothing has changed; 503 when it should come again: all in the provider's own form.
  async::Task<http::Response> Take(http::Request request);

 private:
  /// What HTTP says of it, and what is counted.
  struct Verdict {
    int status;
    std::string outcome;
  };
  static Verdict Judge(const absl::Status& taken);
  http::Response Answer(const Verdict& verdict) const;

  const NoticeReader& reader_;
  FactApplication& facts_;
  const Clock& clock_;
  CallbackCounter count_;
};

}  // namespace houbu::payment
