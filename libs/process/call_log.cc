#include "libs/process/call_log.h"

#include <vector>

#include "absl/strings/string_view.h"

#include "libs/base/refusal.h"
#include "libs/observe/log.h"
#include "libs/rpc/status.h"

namespace houbu::process {
namespace {

using observe::Field;
using observe::Level;

Level LevelOf(const rpc::CallRecord& record) {
  switch (record.code) {
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kUnknown:
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kUnimplemented:
      return Level::kError;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
      return Level::kWarning;
    default:
      // An open set: gRPC and Abseil may add codes.
      return record.outgoing ? Level::kDebug : Level::kInfo;
  }
}

}  // namespace

void CallLog::OnCall(const rpc::CallRecord& record) {
  std::vector<Field> fields = {
      observe::TraceField(record.traceparent), Field("method", record.method),
      Field("code", rpc::CodeName(record.code)), Field("took_us", record.duration)};
  if (!record.caller.empty()) fields.emplace_back("caller", record.caller);
  if (!record.request_id.empty()) fields.emplace_back("request_id", record.request_id);
  if (!record.status.ok()) {
    const absl::string_view reason = ReasonOf(record.status);
    fields.push_back(reason.empty() ? observe::ErrorField(record.status) : Field("reason", reason));
  }
  observe::Log(LevelOf(record), record.outgoing ? "call_made" : "call_handled", fields);
}

}  // namespace houbu::process
