#include "services/account/app/staff.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr std::chrono::seconds kBelieved(1);
constexpr std::size_t kPersonsMax = 1000;
constexpr std::chrono::minutes kRefusalsPer(1);
constexpr std::size_t kRefusalsMax = 200;

AuditEntry EntryOf(const RoleChange& change, const char* act, const RequestKey& key) {
  AuditEntry entry;
  entry.actor = ActorOf(key);
  entry.act = act;
  entry.subject = absl::StrCat("staff/", change.person);
  entry.reason = change.reason;
  entry.detail["role"] = std::string(NameOf(change.role));
  return entry;
}

bool IsOwn(const RoleChange& change, const RequestKey& key) {
  return ActorOf(key) == absl::StrCat("operators/", change.person);
}

}  // namespace

Task<std::string> Staff::Grant(RoleChange change, Mutation<StaffMember> mutation) {
  if (IsOwn(change, mutation.key)) {
    co_return Refuse(kOwnRole);
  }
  AuditEntry audit = EntryOf(change, "ROLE_GRANTED", mutation.key);
  const std::string person = change.person;
  ASSIGN_OR_CO_RETURN(std::string answer, co_await store_.Grant(std::move(change), std::move(audit),
                                                                std::move(mutation), clock_.Now()));
  known_.erase(person);
  co_return answer;
}

Task<std::string> Staff::Revoke(RoleChange change, Mutation<StaffMember> mutation) {
  if (IsOwn(change, mutation.key)) {
    co_return Refuse(kOwnRole);
  }
  AuditEntry audit = EntryOf(change, "ROLE_REVOKED", mutation.key);
  const std::string person = change.person;
  ASSIGN_OR_CO_RETURN(std::string answer,
                      co_await store_.Revoke(std::move(change), std::move(audit),
                                             std::move(mutation), clock_.Now()));
  known_.erase(person);
  co_return answer;
}

Task<std::vector<StaffMember>> Staff::List(std::string after, int limit) {
  return store_.List(std::move(after), limit);
}

Task<void> Staff::Appoint(std::vector<std::string> persons) {
  for (const std::string& person : persons) {
    CO_RETURN_IF_ERROR(co_await store_.Appoint(person, clock_.Now()));
  }
  co_return absl::OkStatus();
}

Task<bool> Staff::Has(std::string person, std::vector<Role> roles) {
  const auto now = machine_time_();
  const auto known = known_.find(person);
  if (known != known_.end() && now - known->second.read_at < kBelieved) {
    co_return HasOneOf(known->second.member, roles);
  }
  ASSIGN_OR_CO_RETURN(StaffMember member, co_await store_.Load(person));
  const bool has = HasOneOf(member, roles);
  if (known_.size() >= kPersonsMax) {
    known_.clear();
  }
  // As old as the question: what changed while it was answered is not believed longer for it.
  known_[person] = Known{std::move(member), now};
  co_return has;
}

Task<void> Staff::NoteRefusal(std::string actor, std::string method, std::string reason) {
  const auto now = machine_time_();
  if (now - minute_began_ >= kRefusalsPer) {
    refusals_.clear();
    minute_began_ = now;
  }
  const std::string key = absl::StrCat(actor, " ", method);
  if (refusals_.size() >= kRefusalsMax || ++refusals_[key] > 1) {
    co_return absl::OkStatus();
  }
  AuditEntry entry;
  entry.actor = std::move(actor);
  entry.act = "ACCESS_REFUSED";
  entry.subject = std::move(method);
  entry.reason = std::move(reason);
  co_return co_await audit_.Append(std::move(entry), clock_.Now());
}

}  // namespace houbu::account
