/// Writes a line for every gRPC call, answered or made.
#pragma once

#include "libs/rpc/observer.h"

namespace houbu::process {

/// Logs calls: `call_handled` for those answered, `call_made` for those sent out. Bugs are errors
/// and carry their cause, which never goes over the wire; outages are warnings; refusals carry
/// their reason. Holds no request or answer: personal data cannot slip in.
class CallLog final : public rpc::CallObserver {
 public:
  void OnCall(const rpc::CallRecord& record) override;
};

}  // namespace houbu::process
