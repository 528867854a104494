/// What the audit log keeps of an act: who did what to whom, when and why.
#pragma once

#include <map>
#include <string>

#include "libs/base/request.h"

namespace houbu::account {

/// An act to be recorded. Names and reasons only: never a personal number, name, code or token.
struct AuditEntry {
  std::string actor;    ///< "operators/mei", "accounts/ac-...", "services/slot", "config".
  std::string act;      ///< UPPER_SNAKE: "MEMBERSHIP_ACTIVATED".
  std::string subject;  ///< The resource it was done to: "accounts/ac-...".
  std::string reason;   ///< As the actor said; "" for acts that need none.
  std::map<std::string, std::string> detail = {};  ///< What else is to be known.
};

/// Who makes a request, as the audit log names them.
std::string ActorOf(const RequestKey& key);

/// The detail as it is kept: a JSON object.
std::string DetailJson(const AuditEntry& entry);

}  // namespace houbu::account
