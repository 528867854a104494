#include "services/account/rpc/privacy_handlers.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/answering.h"
#include "libs/rpc/wire.h"
#include "services/account/rpc/ownership.h"
#include "services/account/rpc/personal_record_json.h"

namespace houbu::account {
namespace {

v1::Erasure::State ToWire(ErasureState state) {
  switch (state) {
    case ErasureState::kAsked:
      return v1::Erasure::STATE_ASKED;
    case ErasureState::kClosing:
      return v1::Erasure::STATE_CLOSING;
    case ErasureState::kCancelled:
      return v1::Erasure::STATE_CANCELLED;
    case ErasureState::kStopped:
      return v1::Erasure::STATE_STOPPED;
    case ErasureState::kDone:
      return v1::Erasure::STATE_UNSPECIFIED;
  }
  return v1::Erasure::STATE_UNSPECIFIED;
}

v1::ErasureBlocker::Kind ToWire(BlockerKind kind) {
  switch (kind) {
    case BlockerKind::kBooking:
      return v1::ErasureBlocker::KIND_BOOKING;
    case BlockerKind::kWaitlistOrder:
      return v1::ErasureBlocker::KIND_WAITLIST_ORDER;
    case BlockerKind::kPayment:
      return v1::ErasureBlocker::KIND_PAYMENT;
    case BlockerKind::kRefund:
      return v1::ErasureBlocker::KIND_REFUND;
  }
  return v1::ErasureBlocker::KIND_UNSPECIFIED;
}

v1::Erasure ToWire(const Erasure& erasure) {
  v1::Erasure wire;
  wire.set_name(NameOf(erasure));
  wire.set_state(ToWire(erasure.state));
  *wire.mutable_create_time() = rpc::ToWire(erasure.asked_at);
  *wire.mutable_erase_time() = rpc::ToWire(erasure.erase_at);
  return wire;
}

v1::Erasure RenderErasure(const Erasure& erasure) { return ToWire(erasure); }

}  // namespace

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

Task<v1::Erasure> PrivacyHandlers::ShowErasure(const rpc::Call& call,
                                               const v1::GetErasureRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnErasure(call, "name", request.name(), kAccountNotFound));
  ASSIGN_OR_CO_RETURN(const ErasureStanding standing, co_await erasures_.Find(std::move(account)));
  v1::Erasure wire;
  if (standing.last.has_value()) {
    wire = ToWire(*standing.last);
  } else {
    wire.set_name(request.name());
    wire.set_state(v1::Erasure::STATE_NONE);
  }
  for (const ErasureBlocker& blocker : standing.blockers) {
    v1::ErasureBlocker& added = *wire.add_blockers();
    added.set_name(blocker.name);
    added.set_kind(ToWire(blocker.kind));
  }
  co_return wire;
}

Task<v1::Erasure> PrivacyHandlers::Erase(const rpc::Call& call,
                                         const v1::EraseAccountRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnAccount(call, "name", request.name(), kAccountNotFound));
  Mutation<Erasure> mutation = rpc::Answering<Erasure>(call, RenderErasure);
  ASSIGN_OR_CO_RETURN(
      const std::string answer,
      co_await erasures_.Ask(std::move(account), CallerSessionId(call), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Erasure>(answer);
}

Task<v1::Erasure> PrivacyHandlers::Cancel(const rpc::Call& call,
                                          const v1::CancelErasureRequest& request) {
  ASSIGN_OR_CO_RETURN(std::string account,
                      OwnErasure(call, "name", request.name(), kAccountNotFound));
  Mutation<Erasure> mutation = rpc::Answering<Erasure>(call, RenderErasure);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await erasures_.Cancel(std::move(account), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Erasure>(answer);
}

}  // namespace houbu::account
