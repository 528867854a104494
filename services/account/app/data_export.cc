#include "services/account/app/data_export.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"

namespace houbu::account {
namespace {

constexpr int kPage = 200;

/// Reads all of an account's things from a store that lists them in pages, oldest first.
template <class T, class Store>
Task<std::vector<T>> ListAll(Store& store, std::string account) {
  std::vector<T> all;
  std::string after;
  for (;;) {
    ASSIGN_OR_CO_RETURN(std::vector<T> page, co_await store.List(account, after, kPage));
    const bool last = static_cast<int>(page.size()) < kPage;
    for (T& each : page) {
      all.push_back(std::move(each));
    }
    if (last) {
      co_return all;
    }
    after = all.back().id;
  }
}

}  // namespace

Task<PersonalRecord> DataExports::Gather(std::string account, std::string session) {
  CO_RETURN_IF_ERROR(co_await tools_.sessions.RequireRecent(account, std::move(session)));
  PersonalRecord data;
  data.gathered_at = tools_.clock.Now();
  ASSIGN_OR_CO_RETURN(data.account, co_await tools_.accounts.Load(account));
  AuditEntry entry;
  entry.actor = NameOf(data.account);
  entry.act = "DATA_EXPORTED";
  entry.subject = entry.actor;
  CO_RETURN_IF_ERROR(co_await tools_.audit.Append(std::move(entry), data.gathered_at));
  ASSIGN_OR_CO_RETURN(data.credentials, co_await tools_.credentials.Load(account));
  ASSIGN_OR_CO_RETURN(data.passengers, co_await ListAll<Passenger>(tools_.passengers, account));
  ASSIGN_OR_CO_RETURN(data.sessions, co_await ListSessions(account, data.gathered_at));
  ASSIGN_OR_CO_RETURN(data.attachments, co_await ListAll<Attachment>(tools_.attachments, account));
  ASSIGN_OR_CO_RETURN(data.guardianships,
                      co_await ListAll<Guardianship>(tools_.guardians, account));
  ASSIGN_OR_CO_RETURN(data.restrictions,
                      co_await ListAll<Restriction>(tools_.restrictions, account));
  ASSIGN_OR_CO_RETURN(data.consents, co_await ListAll<PurposeConsent>(tools_.consents, account));
  co_return data;
}

Task<std::vector<Session>> DataExports::ListSessions(std::string account, absl::Time now) {
  std::vector<Session> all;
  std::string before;
  for (;;) {
    ASSIGN_OR_CO_RETURN(std::vector<Session> page,
                        co_await tools_.session_store.List(account, before, kPage, now));
    const bool last = static_cast<int>(page.size()) < kPage;
    for (Session& each : page) {
      all.push_back(std::move(each));
    }
    if (last) {
      co_return all;
    }
    before = all.back().id;
  }
}

}  // namespace houbu::account
