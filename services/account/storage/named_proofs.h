/// Proofs known by their names.
#pragma once

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "libs/base/id.h"
#include "services/account/app/ports_guardian.h"

namespace houbu::account {

/// Takes an attachment for an account's own when its name stands under the account's. Staff, who
/// look at the proof before they accept it, find out whether it is there.
class NamedProofs final : public Proofs {
 public:
  Task<bool> IsOwn(std::string account, std::string attachment) override {
    absl::string_view id = attachment;
    const bool is_own =
        absl::ConsumePrefix(&id, absl::StrCat("accounts/", account, "/attachments/"));
    co_return is_own&& IsValidId(id);
  }
};

}  // namespace houbu::account
