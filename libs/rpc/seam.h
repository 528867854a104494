/// The one place where a gRPC reactor meets a coroutine: every method of every service goes through
/// here, so that no handler authenticates, counts, logs or translates errors by itself.
#pragma once

#include <absl/functional/function_ref.h>
#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <absl/time/time.h>
#include <absl/types/span.h>
#include <google/protobuf/message.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/any_io_executor.hpp>

#include "libs/async/task.h"
#include "libs/rpc/access.h"
#include "libs/rpc/authentication.h"
#include "libs/rpc/call.h"
#include "libs/rpc/metrics.h"
#include "libs/rpc/observer.h"
#include "libs/rpc/role_guard.h"

namespace houbu::rpc {

class CallReactor;
class StreamLife;

/// Bounds incoming calls.
struct SeamOptions {
  /// How long a call that came without a deadline may take.
  absl::Duration deadline_default = absl::Seconds(10);
  /// How long any call may take, whatever its caller asked for.
  absl::Duration deadline_max = absl::Seconds(60);
  /// What the fingerprints of requests are keyed with, 32 raw bytes: they are stored, and without
  /// the key nobody can try out which phone number a request held. "" leaves them unkeyed,
  /// for services whose requests hold nothing personal.
  std::string fingerprint_key;
};

/// Runs the handlers of a process.
///
/// A handler class derives from its proto service's CallbackService and overrides each method by
/// one line around a coroutine of its own:
///
///   grpc::ServerUnaryReactor* GetBooking(grpc::CallbackServerContext* context,
///                                        const v1::GetBookingRequest* request,
///                                        v1::Booking* response) override {
///     return seam_.Run(context, request, response, this, &BookingHandlers::Get);
///   }
///   async::Task<v1::Booking> Get(const Call& call, const v1::GetBookingRequest& request);
///
/// The coroutine runs on a strand of its own; `call` and `request` live until it ends.
class Seam final {
 public:
  /// Runs coroutines on `executor` (the process' io_context, which must run until the server is
  /// drained). `metrics` and `observer` must outlive the seam.
  Seam(boost::asio::any_io_executor executor, Authenticator authenticator, CallMetrics& metrics,
       CallObserver& observer, SeamOptions options = {});

  /// Has `guard`, which must outlive the seam, look at roles. Before Learn.
  void GuardRoles(RoleGuard& guard) { guard_ = &guard; }

  /// Learns the methods of the services with these full names; called by Server::Start. Fails,
  /// naming it, for a method without an access option, and for one with roles without a guard.
  absl::Status Learn(absl::Span<const std::string> service_names);

  /// Answers one call by a handler's coroutine: identifies the caller, checks the access option,
  /// the request_id and the deadline, runs it, cancels it when the caller goes away or the deadline
  /// passes, and translates, counts and reports its outcome.
  template <class Handlers, class Request, class Response>
  grpc::ServerUnaryReactor* Run(grpc::CallbackServerContext* context, const Request* request,
                                Response* response, Handlers* handlers,
                                async::Task<Response> (Handlers::*method)(const Call&,
                                                                          const Request&)) {
    return Open(*context, *request, [handlers, method, request, response](const Call& call) {
      return Answer(handlers, method, &call, request, response);
    });
  }

  /// As Run, for methods that mostly have their answer in memory: `at_once` runs on gRPC's own
  /// thread, without a coroutine and without the process' loop, so what it touches must be safe on
  /// any thread and it must not wait. Where it gives nothing, the coroutine answers; it must have
  /// left the response alone then.
  template <class Handlers, class Request, class Response>
  grpc::ServerUnaryReactor* RunAtOnce(
      grpc::CallbackServerContext* context, const Request* request, Response* response,
      Handlers* handlers,
      std::optional<absl::Status> (Handlers::*at_once)(const Call&, const Request&, Response&),
      async::Task<Response> (Handlers::*method)(const Call&, const Request&)) {
    const auto attempt = [&](const Call& call) {
      return (handlers->*at_once)(call, *request, *response);
    };
    const auto work = [&]() -> Work {
      return [handlers, method, request, response](const Call& call) {
        return Answer(handlers, method, &call, request, response);
      };
    };
    return OpenAtOnce(*context, *request, attempt, work);
  }

 private:
  friend class StreamLife;  // A call whose requests come as a stream; see stream.h.

  using Work = std::function<async::Task<void>(const Call&)>;

  template <class Handlers, class Request, class Response>
  static async::Task<void> Answer(Handlers* handlers,
                                  async::Task<Response> (Handlers::*method)(const Call&,
                                                                            const Request&),
                                  const Call* call, const Request* request, Response* response) {
    absl::StatusOr<Response> answer = co_await (handlers->*method)(*call, *request);
    if (!answer.ok()) co_return std::move(answer).status();
    *response = *std::move(answer);
    co_return absl::OkStatus();
  }

  grpc::ServerUnaryReactor* Open(grpc::CallbackServerContext& context,
                                 const google::protobuf::Message& request, const Work& work);
  grpc::ServerUnaryReactor* OpenAtOnce(
      grpc::CallbackServerContext& context, const google::protobuf::Message& request,
      absl::FunctionRef<std::optional<absl::Status>(const Call&)> attempt,
      absl::FunctionRef<Work()> work);
  /// A call that came in and is not answered yet.
  struct Received {
    CallReactor* call = nullptr;  ///< Null where it has its answer.
    const MethodRule* rule = nullptr;
    bool is_guarded = false;
    absl::Status refused;  ///< Of a guarded one: what it is refused for but for its roles.
  };

  Received Receive(grpc::CallbackServerContext& context, const google::protobuf::Message& request,
                   grpc::ServerUnaryReactor*& reactor);
  Work Guarded(const Received& received, Work work) const;
  static async::Task<void> AnswerGuarded(RoleGuard* guard, const MethodRule* rule,
                                         absl::Status refused, Work work, const Call* call);
  absl::Status Admit(const MethodRule& rule, const grpc::CallbackServerContext& context,
                     Call& call) const;
  absl::Status Identify(const MethodRule& rule, const google::protobuf::Message& request,
                        RequestKey& key) const;

  boost::asio::any_io_executor executor_;
  Authenticator authenticator_;
  CallMetrics& metrics_;
  CallObserver& observer_;
  SeamOptions options_;
  AccessTable access_;
  RoleGuard* guard_ = nullptr;
};

}  // namespace houbu::rpc
