/// The figures of an outbox: how much waits, since when, what was given up.
#pragma once

#include "absl/strings/string_view.h"

#include "libs/observe/metrics.h"
#include "libs/outbox/dispatcher.h"

namespace houbu::process {

/// Keeps `houbu_outbox_pending`, `houbu_outbox_parked`, `houbu_outbox_oldest_age_seconds` and
/// `houbu_outbox_attempts_total{target,code}`; logs attempts that failed.
class OutboxFigures final {
 public:
  explicit OutboxFigures(observe::Metrics& metrics);

  /// Takes note of one attempt.
  void Note(const outbox::Attempt& attempt);

  /// Takes over how the outbox stands.
  void Show(const outbox::OutboxStats& stats);

 private:
  observe::Metrics& metrics_;
  prometheus::Gauge& pending_;
  prometheus::Gauge& parked_;
  prometheus::Gauge& oldest_age_;
};

}  // namespace houbu::process
