/// Who may call which method, read from the `houbu.type.v1.access` option of the protos.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/types/span.h>
#include <google/protobuf/descriptor.h>

#include <memory>
#include <string>
#include <vector>

#include "libs/base/refusal.h"
#include "libs/rpc/call.h"

namespace houbu::rpc {

/// Refuses a caller without a sign-in where one is needed.
inline constexpr Refusal kSignInRequired{absl::StatusCode::kUnauthenticated, "SIGN_IN_REQUIRED",
                                         "Please sign in first."};
/// Refuses a caller whose kind or name the method does not serve.
inline constexpr Refusal kCallerNotAllowed{absl::StatusCode::kPermissionDenied,
                                           "CALLER_NOT_ALLOWED",
                                           "This caller may not use this method."};

/// Holds what the seam knows of one served method.
struct MethodRule {
  /// "/houbu.slot.v1.SlotService/CreateBooking".
  std::string path;
  std::string service;   ///< "houbu.slot.v1.SlotService"
  std::string method;    ///< "CreateBooking"
  bool streams = false;  ///< Its requests come as a stream.
  bool open = false;     ///< Anybody of the mesh, for anybody.
  bool account = false;
  bool operators = false;
  absl::flat_hash_set<std::string> services;
  std::vector<std::string> roles;  ///< Operators need one of them; empty asks for none.
  /// The request's `request_id` field; null when the request has none.
  const google::protobuf::FieldDescriptor* request_id = nullptr;
};

/// Decides whether the rule lets the caller in; Ok, SIGN_IN_REQUIRED or CALLER_NOT_ALLOWED.
absl::Status CheckAccess(const MethodRule& rule, const Caller& caller);

/// Maps requests to the rule of their method. Every method of Houbu has a request message of its
/// own, so the message type names the method.
class AccessTable final {
 public:
  /// Builds the table for the services with the given full names, from the compiled-in protos.
  /// Fails, naming the method, if a service is unknown, a method carries no access option or
  /// streams its answers, or two methods share a request message. gRPC's own health and reflection
  /// services are passed over: they hold nothing of ours.
  static absl::StatusOr<AccessTable> For(absl::Span<const std::string> service_names);
  /// Builds it from another pool of protos.
  static absl::StatusOr<AccessTable> For(absl::Span<const std::string> service_names,
                                         const google::protobuf::DescriptorPool& pool);

  AccessTable() = default;

  /// Gives the rule of the method that takes this request; null when it is not served.
  const MethodRule* Find(const google::protobuf::Descriptor* request) const;

  /// Gives all rules, ordered by path.
  std::vector<const MethodRule*> rules() const;

 private:
  absl::flat_hash_map<const google::protobuf::Descriptor*, std::unique_ptr<MethodRule>> rules_;
};

}  // namespace houbu::rpc
