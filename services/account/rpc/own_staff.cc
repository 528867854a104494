#include "services/account/rpc/own_staff.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"

namespace houbu::account {
namespace {

std::string ActorOf(const rpc::Caller& caller) {
  switch (caller.kind) {
    case rpc::Caller::Kind::kAccount:
      return caller.account;
    case rpc::Caller::Kind::kOperator:
      return caller.service;  // "operators/mei", or "operator"
    case rpc::Caller::Kind::kService:
    case rpc::Caller::Kind::kPublic:
      return absl::StrCat("services/", caller.service);
  }
  return "";
}

}  // namespace

Task<bool> OwnStaff::HasOneOf(std::string person, std::vector<std::string> roles) {
  std::vector<Role> asked;
  for (const std::string& name : roles) {
    const std::optional<Role> role = ParseRole(name);
    if (role.has_value()) {
      asked.push_back(*role);
    }
  }
  return staff_.Has(std::move(person), std::move(asked));
}

Task<void> OwnStaff::NoteRefusal(rpc::Caller caller, std::string method, std::string reason) {
  return staff_.NoteRefusal(ActorOf(caller), std::move(method), std::move(reason));
}

}  // namespace houbu::account
