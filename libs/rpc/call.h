/// One incoming call as the rest of a service sees it: who asks, for what, until when.
#pragma once

#include <absl/time/time.h>

#include <string>
#include <vector>

#include "libs/base/request.h"

namespace houbu::rpc {

/// Something an account may not do for now.
struct CallerRestriction {
  std::string level;  ///< "BOOKING", "PAYMENT"
  absl::Time until;   ///< InfiniteFuture for good.
};

/// Says who makes a call, as proven by the peer's certificate and, for people, their access token.
struct Caller {
  /// Tells the four kinds of callers apart.
  enum class Kind {
    kPublic,    ///< The gateway on behalf of somebody who is not signed in.
    kAccount,   ///< A signed-in account, relayed by the gateway.
    kService,   ///< Another service of the mesh, by its certificate.
    kOperator,  ///< An operator, by the operator's certificate.
  };
  Kind kind = Kind::kPublic;
  /// The account's resource name ("accounts/ac-..."); empty unless kind is kAccount.
  std::string account;
  /// The name in the peer's certificate ("gateway", "slot", "operator", "operators/mei").
  std::string service;
  /// The sign-in session the token belongs to; empty unless kind is kAccount.
  std::string session;
  /// The person an operator's certificate names ("mei"); empty for certificates that name none.
  std::string person = {};
  /// The network address the gateway saw the person's client come from; empty where it says none.
  std::string client_address = {};
  /// What the account may not do; empty unless kind is kAccount.
  std::vector<CallerRestriction> restrictions = {};
};

/// Describes one call; it lives, as the request does, until the call is answered.
struct Call {
  Caller caller;
  /// The full method, "/houbu.slot.v1.SlotService/CreateBooking".
  std::string method;
  /// Identifies the request for replays. request_id is empty for methods that do not take one;
  /// caller is the account name or "services/<name>".
  RequestKey request_key;
  /// The W3C traceparent of this call's own span; always present.
  std::string traceparent;
  /// When the caller stops waiting, in the machine's time: never the movable business clock's.
  absl::Time deadline;
  /// The caller's `accept-language` as sent, "" if none.
  std::string language;
};

}  // namespace houbu::rpc
