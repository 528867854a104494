#include "services/slot/storage/postgres_catalogue.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "services/slot/storage/catalogue_reader.h"
#include "services/slot/storage/catalogue_writer.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr absl::Duration kImportTimeout = absl::Minutes(5);  // for one statement

}  // namespace

Task<void> PostgresCatalogue::Import(FeedImport import, absl::Time now) {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction, co_await pool_.Begin());
  CO_RETURN_IF_ERROR(co_await transaction.SetStatementTimeout(kImportTimeout));
  CatalogueWriter writer(transaction, import);
  CO_RETURN_IF_ERROR(co_await writer.Write(now));
  co_return co_await transaction.Commit();
}

constexpr char kReadVersion[] = "SELECT COALESCE(max(version), 0) AS version FROM feeds";

Task<std::int64_t> PostgresCatalogue::Version() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await pool_.Query(kReadVersion));
  co_return rows.row(0).Int64("version");
}

Task<CatalogueContent> PostgresCatalogue::Load() {
  ASSIGN_OR_CO_RETURN(postgres::Transaction transaction,
                      co_await pool_.Begin(postgres::Isolation::kRepeatableRead));
  CatalogueReader reader(std::move(transaction));
  co_return co_await reader.Read();
}

}  // namespace houbu::slot
