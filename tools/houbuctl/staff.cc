#include "tools/houbuctl/staff.h"

#include <iostream>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "tools/houbuctl/texts.h"

#include "houbu/account/v1/staff.grpc.pb.h"

namespace houbu::ctl {
namespace {

using nlohmann::json;
using Member = account::v1::Staff;
using Stub = account::v1::StaffService::Stub;

/// What the commands are given.
struct Given {
  std::string person;
  std::string role;
  std::string reason;
};

account::v1::Role RoleOf(const std::string& name) {
  account::v1::Role role = account::v1::ROLE_UNSPECIFIED;
  account::v1::Role_Parse(absl::StrCat("ROLE_", absl::AsciiStrToUpper(name)), &role);
  return role;
}

std::string CheckRole(const std::string& name) {
  return RoleOf(name) == account::v1::ROLE_UNSPECIFIED
             ? "must be support, reviewer, finance or admin"
             : "";
}

std::string Shown(account::v1::Role role) {
  return absl::AsciiStrToLower(account::v1::Role_Name(role).substr(sizeof("ROLE_") - 1));
}

void Show(const Session& session, const Member& member) {
  json roles = json::array();
  for (const Member::Grant& grant : member.grants()) {
    roles.push_back({{"role", Shown(grant.role())},
                     {"since", ShownTime(grant.grant_time())},
                     {"granted_by", grant.granted_by()},
                     {"reason", grant.reason()}});
  }
  if (session.json()) {
    std::cout << json{{"staff", member.name()}, {"roles", roles}}.dump() << std::endl;
    return;
  }
  std::cout << member.name() << ":";
  if (roles.empty()) std::cout << " no role";
  for (const Member::Grant& grant : member.grants()) std::cout << " " << Shown(grant.role());
  std::cout << std::endl;
}

Exit ShowOr(const Session& session, const absl::StatusOr<Member>& member) {
  if (!member.ok()) return Complain(member.status());
  Show(session, *member);
  return Exit::kOk;
}

template <class Request>
absl::StatusOr<Member> Change(const Session& session, const Given& given,
                              grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                                           Member*)) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Account());
  Stub stub(channel);
  Request request;
  request.set_request_id(NewRequestId());
  request.set_name(given.person);
  request.set_role(RoleOf(given.role));
  request.set_reason(given.reason);
  return session.Call(stub, method, request);
}

Exit List(const Session& session) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = session.Account();
  if (!channel.ok()) return Complain(channel.status());
  Stub stub(*channel);
  account::v1::ListStaffRequest request;
  do {
    const absl::StatusOr<account::v1::ListStaffResponse> page =
        session.Call(stub, &Stub::ListStaff, request);
    if (!page.ok()) return Complain(page.status());
    for (const Member& member : page->staff()) Show(session, member);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return Exit::kOk;
}

CLI::App* AddChange(CLI::App& topic, const std::string& name, const std::string& help,
                    Given& given) {
  CLI::App* const verb = topic.add_subcommand(name, help);
  verb->add_option("STAFF", given.person, "The person, staff/{person}.")->required();
  verb->add_option("ROLE", given.role, "support, reviewer, finance or admin.")
      ->required()
      ->check(CLI::Validator(CheckRole, "ROLE", "role"));
  verb->add_option("--reason", given.reason, "Why.")->required();
  return verb;
}

}  // namespace

void AddStaff(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* const topic = app.add_subcommand("staff", "Who of the operators may do what.");
  topic->require_subcommand(1);
  const auto given = std::make_shared<Given>();

  Command list;
  list.verb = topic->add_subcommand("list", "Lists who has roles.");
  list.run = [&session] { return List(session); };
  commands.push_back(std::move(list));

  Command grant;
  grant.verb = AddChange(*topic, "grant", "Gives a person a role.", *given);
  grant.run = [&session, given] {
    return ShowOr(session, Change(session, *given, &Stub::GrantRole));
  };
  commands.push_back(std::move(grant));

  Command revoke;
  revoke.verb = AddChange(*topic, "revoke", "Takes a role from a person.", *given);
  revoke.run = [&session, given] {
    return ShowOr(session, Change(session, *given, &Stub::RevokeRole));
  };
  commands.push_back(std::move(revoke));
}

}  // namespace houbu::ctl
