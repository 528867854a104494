#include "services/slot/storage/postgres_record.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/postgres/errors.h"
#include "services/slot/storage/change_writer.h"
#include "services/slot/storage/constraint_refusals.h"

namespace houbu::slot {

using async::Task;

Task<std::optional<std::string>> PostgresRecord::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

constexpr char kNextSerial[] = "SELECT nextval('booking_numbers') AS serial";

Task<std::int64_t> PostgresRecord::NextSerial() {
  ASSIGN_OR_CO_RETURN(const postgres::Result result, co_await pool_.Query(kNextSerial));
  co_return result.row(0).Int64("serial");
}

Task<Committed> PostgresRecord::Commit(Change change) {
  std::optional<RequestKey> key;
  if (change.answer.has_value()) key = change.answer->key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  // Somebody answered the same request meanwhile: the use case begins again and finds it.
  if (work.answer().has_value()) co_return Refuse(postgres::kRequestRaced);
  ChangeWriter writer(std::move(work), std::move(change), encode_);
  const auto committed = co_await writer.Write();
  if (!committed.ok()) co_return RefusalOfConstraint(committed.status());
  co_return *committed;
}

}  // namespace houbu::slot
