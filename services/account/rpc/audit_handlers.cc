#include "services/account/rpc/audit_handlers.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"

namespace houbu::account {
namespace {

constexpr rpc::PageLimits kPages{.size_default = 50, .size_max = 1000};
constexpr int kNameCharactersMax = 300;

v1::AuditEntry ToWire(const AuditRecord& record) {
  v1::AuditEntry wire;
  wire.set_name(absl::StrCat("auditEntries/", record.position));
  wire.set_position(record.position);
  *wire.mutable_create_time() = rpc::ToWire(record.at);
  wire.set_actor(record.actor);
  wire.set_act(record.act);
  wire.set_subject(record.subject);
  wire.set_reason(record.reason);
  wire.set_detail(record.detail);
  wire.set_previous_hash(record.previous_hash);
  wire.set_hash(record.hash);
  return wire;
}

v1::AuditHead ToWire(const AuditHead& head) {
  v1::AuditHead wire;
  wire.set_name(absl::StrCat("auditHeads/", head.number));
  wire.set_number(head.number);
  *wire.mutable_create_time() = rpc::ToWire(head.at);
  wire.set_position(head.position);
  wire.set_hash(head.hash);
  wire.set_key_id(head.key_id);
  wire.set_signature(head.signature);
  return wire;
}

/// Reads where a page begins; a token says the number after which.
std::int64_t After(Violations& violations, absl::string_view filter, absl::string_view token) {
  const std::string position = rpc::DecodePageToken(violations, filter, token);
  std::int64_t after = 0;
  if (!position.empty() && !absl::SimpleAtoi(position, &after)) {
    violations.Add("page_token", "is not one of this list");
  }
  return after;
}

AuditFilter FilterOf(Violations& violations, const v1::ListAuditEntriesRequest& request) {
  rpc::AllowText(violations, "subject", request.subject(), kNameCharactersMax);
  rpc::AllowText(violations, "actor", request.actor(), kNameCharactersMax);
  AuditFilter filter;
  filter.subject = request.subject();
  filter.actor = request.actor();
  if (request.has_start_time()) {
    filter.from = rpc::RequireTime(violations, "start_time", true, request.start_time());
  }
  if (request.has_end_time()) {
    filter.until = rpc::RequireTime(violations, "end_time", true, request.end_time());
  }
  return filter;
}

/// Names the list a page belongs to: a token of another one is refused.
std::string ListNameOf(const AuditFilter& filter) {
  const auto text = [](const std::optional<absl::Time>& time) {
    return time.has_value() ? absl::StrCat(absl::ToUnixMicros(*time)) : "";
  };
  return absl::StrCat("auditEntries|", filter.subject, "|", filter.actor, "|", text(filter.from),
                      "|", text(filter.until));
}

}  // namespace

Task<v1::ListAuditEntriesResponse> AuditHandlers::ShowEntries(
    const rpc::Call&, const v1::ListAuditEntriesRequest& request) {
  Violations violations;
  AuditFilter filter = FilterOf(violations, request);
  const std::string list = ListNameOf(filter);
  const int size = rpc::PageSize(violations, request.page_size(), kPages);
  const std::int64_t after = After(violations, list, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const AuditPage page, co_await trail_.List(std::move(filter), after, size));
  v1::ListAuditEntriesResponse response;
  for (const AuditRecord& record : page.records) {
    *response.add_entries() = ToWire(record);
  }
  if (response.entries_size() == size) {
    const std::string last = absl::StrCat(page.records.back().position);
    response.set_next_page_token(rpc::EncodePageToken(list, last));
  }
  response.set_end_position(page.end_position);
  response.set_end_hash(page.end_hash);
  co_return response;
}

Task<v1::ListAuditHeadsResponse> AuditHandlers::ShowHeads(
    const rpc::Call&, const v1::ListAuditHeadsRequest& request) {
  Violations violations;
  const int size = rpc::PageSize(violations, request.page_size(), kPages);
  const std::int64_t after = After(violations, "auditHeads", request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<AuditHead> heads, co_await trail_.ListHeads(after, size));
  v1::ListAuditHeadsResponse response;
  for (const AuditHead& head : heads) {
    *response.add_heads() = ToWire(head);
  }
  if (response.heads_size() == size) {
    const std::string last = absl::StrCat(heads.back().number);
    response.set_next_page_token(rpc::EncodePageToken("auditHeads", last));
  }
  co_return response;
}

}  // namespace houbu::account
