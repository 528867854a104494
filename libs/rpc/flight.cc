#include "libs/rpc/flight.h"

#include <absl/strings/str_cat.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <algorithm>
#include <vector>

#include "libs/base/clock.h"
#include "libs/rpc/client.h"
#include "libs/rpc/status.h"
#include "libs/rpc/traceparent.h"

namespace houbu::rpc {

MethodName MethodTaking(const google::protobuf::Descriptor* request) {
  const google::protobuf::FileDescriptor& file = *request->file();
  for (int i = 0; i < file.service_count(); ++i) {
    const google::protobuf::ServiceDescriptor& service = *file.service(i);
    for (int j = 0; j < service.method_count(); ++j) {
      if (service.method(j)->input_type() != request) continue;
      return MethodName{.service = service.full_name(), .method = service.method(j)->name()};
    }
  }
  return MethodName{.service = "_OTHER", .method = "_OTHER"};
}

MethodName MethodAt(absl::string_view path) {
  const auto slash = path.rfind('/');
  if (slash == absl::string_view::npos || slash == 0 || path.front() != '/') {
    return MethodName{.service = "_OTHER", .method = "_OTHER"};
  }
  return MethodName{.service = std::string(path.substr(1, slash - 1)),
                    .method = std::string(path.substr(slash + 1))};
}

Departure::Departure(ChannelOptions options, MethodName name, const CallContext& call,
                     grpc::ClientContext& context)
    : options_(options),
      name_(std::move(name)),
      traceparent_(ChildTraceparent(call.traceparent)),
      start_(SystemClock().Now()) {
  if (options_.metrics != nullptr) options_.metrics->Started(name_.service, name_.method);
  const absl::Duration left = std::min(call.deadline - start_ - options_.margin, options_.call_max);
  if (left <= absl::ZeroDuration()) {
    status_ = Report(absl::DeadlineExceededError(
        absl::StrCat("no time left to call ", name_.service, "/", name_.method)));
    return;
  }
  context.set_deadline(absl::ToChronoTime(start_ + left));
  context.AddMetadata("traceparent", traceparent_);
  if (!call.language.empty()) context.AddMetadata("accept-language", call.language);
  if (!call.bearer.empty()) {
    context.AddMetadata("authorization", absl::StrCat("Bearer ", call.bearer));
  }
}

absl::Status Departure::Arrive(const grpc::Status& outcome) const {
  return Report(FromWire(outcome));
}

absl::Status Departure::Report(absl::Status status) const {
  const absl::Duration duration = SystemClock().Now() - start_;
  if (options_.metrics != nullptr) {
    options_.metrics->Handled(name_.service, name_.method, status.code(), duration);
  }
  if (options_.observer != nullptr) {
    CallRecord record;
    record.outgoing = true;
    record.method = absl::StrCat("/", name_.service, "/", name_.method);
    record.traceparent = traceparent_;
    record.status = status;
    record.code = status.code();
    record.duration = duration;
    options_.observer->OnCall(record);
  }
  return status;
}

namespace {

std::string BytesOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string bytes;
  if (!buffer.Dump(&slices).ok()) return bytes;
  for (const grpc::Slice& slice : slices) {
    bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  }
  return bytes;
}

}  // namespace

async::Task<std::string> CallBytes(Channel channel, std::string method, std::string request,
                                   CallContext context) {
  using Flight = flight_internal::Flight<grpc::ByteBuffer, grpc::ByteBuffer>;
  auto flight = std::make_shared<Flight>();
  const grpc::Slice slice(request);
  flight->request = grpc::ByteBuffer(&slice, 1);
  const Departure departure(channel.options(), MethodAt(method), context, flight->context);
  if (!departure.status().ok()) co_return departure.status();
  const auto stub = std::make_shared<grpc::GenericStub>(channel.grpc_channel());
  std::function<void(Flight&, std::function<void(grpc::Status)>)> start =
      [stub, method](Flight& flying, std::function<void(grpc::Status)> landed) {
        stub->UnaryCall(&flying.context, method, grpc::StubOptions(), &flying.request,
                        &flying.response, std::move(landed));
      };
  co_await flight_internal::Landed<grpc::ByteBuffer, grpc::ByteBuffer>(flight, std::move(start));
  absl::Status outcome = departure.Arrive(flight->outcome);
  if (!outcome.ok()) co_return outcome;
  co_return BytesOf(flight->response);
}

}  // namespace houbu::rpc
