/// Adds units to a class of a run in one transaction.
#pragma once

#include <string>
#include <utility>

#include "absl/time/time.h"

#include "libs/async/task.h"
#include "libs/postgres/unit_of_work.h"
#include "services/slot/app/ports.h"

namespace houbu::slot {

/// Writes an addition. Used once.
class UnitAdder final {
 public:
  /// Takes the open transaction.
  UnitAdder(postgres::UnitOfWork work, Addition addition, absl::Time now)
      : work_(std::move(work)), addition_(std::move(addition)), now_(now) {}

  /// Adds and commits with the answer. Refuses kRunNotFound, kClassUnknown, and a coach that is
  /// missing or neither new nor the last.
  async::Task<Added> Add(std::string answer);

 private:
  async::Task<void> Lock();
  async::Task<void> Grow();
  async::Task<void> AddNumbered();
  async::Task<void> Owe();
  postgres::Parameters ClassParameters() const;

  postgres::UnitOfWork work_;
  Addition addition_;
  absl::Time now_;
  Added added_;
  bool numbered_ = false;
};

}  // namespace houbu::slot
