#include "libs/process/outbox_figures.h"

#include <vector>

#include "absl/time/time.h"

#include "libs/observe/log.h"

namespace houbu::process {

OutboxFigures::OutboxFigures(observe::Metrics& metrics)
    : metrics_(metrics),
      pending_(metrics.AddGauge("houbu_outbox_pending", "Calls still to be answered.")),
      parked_(metrics.AddGauge("houbu_outbox_parked", "Calls given up; an operator decides.")),
      oldest_age_(metrics.AddGauge("houbu_outbox_oldest_age_seconds",
                                   "How long ago the oldest pending call was due.")) {}

void OutboxFigures::Note(const outbox::Attempt& attempt) {
  observe::Labels labels;
  labels["target"] = attempt.target;
  labels["code"] = attempt.code;
  metrics_.AddCounter("houbu_outbox_attempts_total", "Attempts to make a call.", labels)
      .Increment();
  if (attempt.code == "OK") return;
  const std::vector<observe::Field> fields = {
      observe::Field("outbox", attempt.id),         observe::Field("target", attempt.target),
      observe::Field("method", attempt.method),     observe::Field("code", attempt.code),
      observe::Field("attempts", attempt.attempts), observe::Field("error", attempt.error)};
  if (attempt.parked) {
    observe::Log(observe::Level::kError, "outbox_parked", fields);
  } else {
    observe::Log(observe::Level::kWarning, "outbox_attempt_failed", fields);
  }
}

void OutboxFigures::Show(const outbox::OutboxStats& stats) {
  pending_.Set(static_cast<double>(stats.pending));
  parked_.Set(static_cast<double>(stats.parked));
  oldest_age_.Set(absl::ToDoubleSeconds(stats.oldest_age));
}

}  // namespace houbu::process
