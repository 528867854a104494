/// Writes one change in one transaction.
#pragma once

#include <cstdint>
#include <string>

#include "libs/async/task.h"
#include "libs/postgres/unit_of_work.h"
#include "services/slot/app/change.h"
#include "services/slot/storage/postgres_record.h"

namespace houbu::slot {

/// Writes a change statement by statement; constraints speak as they are met. Used once.
class ChangeWriter final {
 public:
  /// Takes the open transaction.
  ChangeWriter(postgres::UnitOfWork work, Change change, EncodeEffect encode)
      : work_(std::move(work)), change_(std::move(change)), encode_(std::move(encode)) {}

  /// Writes and commits.
  async::Task<Committed> Write();

 private:
  async::Task<void> LockRun();
  async::Task<void> Free();
  async::Task<void> WriteBooking();
  async::Task<void> InsertBooking();
  async::Task<void> UpdateBooking();
  async::Task<void> WritePlaces();
  async::Task<void> WriteHistory();
  async::Task<void> WriteDemand();
  async::Task<void> InsertDemand();
  async::Task<void> UpdateDemand();
  async::Task<void> TakePlaces();
  async::Task<void> CountPlaces();
  async::Task<void> TakeJourneys();
  async::Task<void> Link();
  async::Task<void> Owe();
  async::Task<void> EnqueueEffects();
  async::Task<std::int64_t> Execute(std::string sql, postgres::Parameters params);
  std::string Seed() const;

  postgres::UnitOfWork work_;
  Change change_;
  EncodeEffect encode_;
  Committed committed_;
};

}  // namespace houbu::slot
