#include "services/account/app/audit_trail.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::account {

Task<AuditPage> AuditTrail::List(AuditFilter filter, std::int64_t after, int limit) {
  return store_.List(std::move(filter), after, limit);
}

Task<std::vector<AuditHead>> AuditTrail::ListHeads(std::int64_t after, int limit) {
  return store_.ListHeads(after, limit);
}

Task<void> AuditTrail::SignWhenDue() {
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(clock_.Now()));
  ASSIGN_OR_CO_RETURN(const std::optional<AuditHead> last, co_await store_.LastHead());
  if (last.has_value() && now < last->at + interval_) {
    co_return absl::OkStatus();
  }
  AuditFilter everything;
  ASSIGN_OR_CO_RETURN(const AuditPage page, co_await store_.List(std::move(everything), 0, 1));
  AuditHead head;
  head.number = last.has_value() ? last->number + 1 : 1;
  head.position = page.end_position;
  head.hash = page.end_hash;
  head.at = now;
  const AuditHead signed_head = sign_(std::move(head));
  ASSIGN_OR_CO_RETURN(const bool is_first, co_await store_.AddHead(signed_head));
  if (is_first) {
    tell_(signed_head);
  }
  co_return absl::OkStatus();
}

}  // namespace houbu::account
