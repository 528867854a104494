#include "libs/process/followed_staff.h"

#include "libs/async/retry.h"
#include "libs/async/status_macros.h"

namespace houbu::process {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(50);

}  // namespace

async::Task<bool> FollowedStaff::HasOneOf(std::string person, std::vector<std::string> roles) {
  for (absl::Duration waited; !roles_.is_known(); waited += kPause) {
    if (waited >= patience_) co_return Refuse(rpc::kRolesUnknown);
    CO_RETURN_IF_ERROR(co_await async::Sleep(kPause));
  }
  co_return roles_.HasOneOf(person, roles);
}

async::Task<void> FollowedStaff::NoteRefusal(rpc::Caller, std::string, std::string) {
  co_return absl::OkStatus();
}

}  // namespace houbu::process
