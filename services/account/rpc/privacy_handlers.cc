#include "services/account/rpc/privacy_handlers.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/personal_record_json.h"

namespace houbu::account {

Task<v1::DataExport> PrivacyHandlers::Export(const rpc::Call& call,
                                             const v1::ExportDataRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "name", request.name(), kAccountNotFound));
  ASSIGN_OR_CO_RETURN(const PersonalRecord data,
                      co_await exports_.Gather(std::move(account), CallerSessionId(call)));
  ASSIGN_OR_CO_RETURN(std::string archive, archiver_.Pack(FilesOf(data)));
  v1::DataExport wire;
  wire.set_archive(std::move(archive));
  wire.set_content_type("application/zip");
  *wire.mutable_create_time() = rpc::ToWire(data.gathered_at);
  co_return wire;
}

}  // namespace houbu::account
