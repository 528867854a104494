#include "tools/houbuctl/audit.h"

#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "libs/identity/audit_chain.h"
#include "libs/rpc/wire.h"
#include "libs/secrets/bytes.h"
#include "tools/houbuctl/texts.h"

#include "houbu/account/v1/account.grpc.pb.h"
#include "houbu/account/v1/audit.grpc.pb.h"

namespace houbu::ctl {
namespace {

using identity::AuditInspection;
using nlohmann::json;
using Stub = account::v1::AuditService::Stub;

constexpr int kPage = 1000;

/// What the commands are given; empty texts were not.
struct Given {
  std::string subject;
  std::string actor;
  std::string from;
  std::string to;
  std::string heads_file;
  std::string keys_file;
};

absl::Time TimeOfWire(const google::protobuf::Timestamp& time) {
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

AuditRecord RecordOf(const account::v1::AuditEntry& entry) {
  AuditRecord record;
  record.position = entry.position();
  record.at = TimeOfWire(entry.create_time());
  record.actor = entry.actor();
  record.act = entry.act();
  record.subject = entry.subject();
  record.reason = entry.reason();
  record.detail = entry.detail();
  record.previous_hash = entry.previous_hash();
  record.hash = entry.hash();
  return record;
}

AuditHead HeadOf(const account::v1::AuditHead& wire) {
  AuditHead head;
  head.number = wire.number();
  head.position = wire.position();
  head.hash = wire.hash();
  head.at = TimeOfWire(wire.create_time());
  head.key_id = wire.key_id();
  head.signature = wire.signature();
  return head;
}

// The fields of the service's own log line "audit_head", so that either can be verified against.
json Facts(const AuditHead& head) {
  return {{"number", head.number},
          {"position", head.position},
          {"time_micros", absl::ToUnixMicros(head.at)},
          {"hash", head.hash},
          {"key_id", head.key_id},
          {"signature", secrets::ToHex(head.signature)}};
}

absl::StatusOr<AuditHead> HeadOfLine(const std::string& line) {
  const json facts = json::parse(line, nullptr, false);
  const auto is = [&facts](const char* name, bool (json::*kind)() const noexcept) {
    return facts.contains(name) && (facts[name].*kind)();
  };
  const bool whole = facts.is_object() && is("number", &json::is_number_integer) &&
                     is("position", &json::is_number_integer) &&
                     is("time_micros", &json::is_number_integer) && is("hash", &json::is_string) &&
                     is("key_id", &json::is_string) && is("signature", &json::is_string);
  if (!whole) return absl::InvalidArgumentError("is no signed head");
  AuditHead head;
  head.number = facts["number"].get<std::int64_t>();
  head.position = facts["position"].get<std::int64_t>();
  head.at = absl::FromUnixMicros(facts["time_micros"].get<std::int64_t>());
  head.hash = facts["hash"].get<std::string>();
  head.key_id = facts["key_id"].get<std::string>();
  ASSIGN_OR_RETURN(head.signature, secrets::FromHex(facts["signature"].get<std::string>()));
  return head;
}

absl::StatusOr<std::vector<AuditHead>> ReadHeads(const std::string& path) {
  std::vector<AuditHead> heads;
  if (path.empty()) return heads;
  std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read"));
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.empty()) continue;
    absl::StatusOr<AuditHead> head = HeadOfLine(line);
    if (!head.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat(path, " line ", number, ": ", head.status().message()));
    }
    heads.push_back(*std::move(head));
  }
  return heads;
}

// The keys the service publishes now, and those of a file: older ones, which signed and are
// retired.
absl::StatusOr<std::vector<identity::PublicKey>> Keys(const Session& session,
                                                      const std::shared_ptr<grpc::Channel>& channel,
                                                      const std::string& path) {
  account::v1::AccountService::Stub stub(channel);
  ASSIGN_OR_RETURN(const account::v1::KeySet published,
                   session.Call(stub, &account::v1::AccountService::Stub::GetKeySet,
                                account::v1::GetKeySetRequest()));
  ASSIGN_OR_RETURN(std::vector<identity::PublicKey> keys,
                   identity::ParseKeySetJson(published.jwks()));
  if (path.empty()) return keys;
  std::ifstream file(path);
  if (!file) return absl::InvalidArgumentError(absl::StrCat(path, " cannot be read"));
  std::ostringstream text;
  text << file.rdbuf();
  ASSIGN_OR_RETURN(const std::vector<identity::PublicKey> older,
                   identity::ParseKeySetJson(text.str()));
  keys.insert(keys.end(), older.begin(), older.end());
  return keys;
}

absl::StatusOr<std::vector<AuditHead>> Heads(const Session& session, Stub& stub) {
  std::vector<AuditHead> heads;
  account::v1::ListAuditHeadsRequest request;
  request.set_page_size(kPage);
  do {
    ASSIGN_OR_RETURN(const account::v1::ListAuditHeadsResponse page,
                     session.Call(stub, &Stub::ListAuditHeads, request));
    for (const account::v1::AuditHead& head : page.heads()) heads.push_back(HeadOf(head));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return heads;
}

// Every entry asked for, page by page; gives the last page.
absl::StatusOr<account::v1::ListAuditEntriesResponse> ForEach(
    const Session& session, Stub& stub, account::v1::ListAuditEntriesRequest request,
    const std::function<void(const account::v1::AuditEntry&)>& look) {
  request.set_page_size(kPage);
  while (true) {
    ASSIGN_OR_RETURN(account::v1::ListAuditEntriesResponse page,
                     session.Call(stub, &Stub::ListAuditEntries, request));
    for (const account::v1::AuditEntry& entry : page.entries()) look(entry);
    if (page.next_page_token().empty()) return page;
    request.set_page_token(page.next_page_token());
  }
}

void Show(const Session& session, const account::v1::AuditEntry& entry) {
  if (session.json()) {
    const json facts = {{"position", entry.position()}, {"time", ShownTime(entry.create_time())},
                        {"actor", entry.actor()},       {"act", entry.act()},
                        {"subject", entry.subject()},   {"reason", entry.reason()},
                        {"detail", entry.detail()},     {"hash", entry.hash()}};
    std::cout << facts.dump() << std::endl;
    return;
  }
  std::cout << entry.position() << " " << ShownTime(entry.create_time()) << " " << entry.actor()
            << " " << entry.act() << " " << entry.subject();
  if (entry.detail() != "{}") std::cout << " " << entry.detail();
  if (!entry.reason().empty()) std::cout << ": " << entry.reason();
  std::cout << std::endl;
}

Exit List(const Session& session, const Given& given) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = session.Account();
  if (!channel.ok()) return Complain(channel.status());
  Stub stub(*channel);
  account::v1::ListAuditEntriesRequest request;
  request.set_subject(given.subject);
  request.set_actor(given.actor);
  if (!given.from.empty()) *request.mutable_start_time() = rpc::ToWire(TimeOf(given.from));
  if (!given.to.empty()) *request.mutable_end_time() = rpc::ToWire(TimeOf(given.to));
  const auto done = ForEach(session, stub, request,
                            [&session](const account::v1::AuditEntry& e) { Show(session, e); });
  return done.ok() ? Exit::kOk : Complain(done.status());
}

Exit ShowHeads(const Session& session) {
  const absl::StatusOr<std::shared_ptr<grpc::Channel>> channel = session.Account();
  if (!channel.ok()) return Complain(channel.status());
  Stub stub(*channel);
  const absl::StatusOr<std::vector<AuditHead>> heads = Heads(session, stub);
  if (!heads.ok()) return Complain(heads.status());
  for (const AuditHead& head : *heads) {
    if (session.json()) {
      std::cout << Facts(head).dump() << std::endl;
    } else {
      std::cout << head.number << " " << absl::FormatTime(head.at, absl::UTCTimeZone())
                << ": entry " << head.position << " " << head.hash << std::endl;
    }
  }
  return Exit::kOk;
}

Exit Report(const Session& session, const AuditInspection& inspection, std::size_t heads) {
  for (const AuditInspection::Fault& fault : inspection.faults()) {
    if (session.json()) {
      const json facts = {
          {"position", fault.position}, {"kind", fault.kind}, {"detail", fault.detail}};
      std::cout << facts.dump() << std::endl;
    } else {
      std::cout << "entry " << fault.position << ": " << fault.kind << ": " << fault.detail
                << std::endl;
    }
  }
  const bool holds = inspection.faults().empty();
  if (session.json()) {
    const json sum = {{"entries", inspection.entries()}, {"heads", heads}, {"holds", holds}};
    std::cout << sum.dump() << std::endl;
  } else {
    std::cout << inspection.entries() << " entries, " << heads << " signed heads: "
              << (holds ? "the log holds" : absl::StrCat(inspection.faults().size(), " faults"))
              << std::endl;
  }
  return holds ? Exit::kOk : Exit::kFound;
}

absl::StatusOr<Exit> Verify(const Session& session, const Given& given) {
  ASSIGN_OR_RETURN(const std::vector<AuditHead> exported, ReadHeads(given.heads_file));
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Account());
  ASSIGN_OR_RETURN(const std::vector<identity::PublicKey> known,
                   Keys(session, channel, given.keys_file));
  const identity::KeySet keys(known);
  AuditInspection inspection(keys);
  Stub stub(channel);
  // Heads first: an entry that one of them signs is there when entries are read.
  ASSIGN_OR_RETURN(const std::vector<AuditHead> heads, Heads(session, stub));
  inspection.TakeHeads(heads);
  inspection.TakeExported(exported);
  const auto take = [&inspection](const account::v1::AuditEntry& entry) {
    inspection.Take(RecordOf(entry));
  };
  ASSIGN_OR_RETURN(const account::v1::ListAuditEntriesResponse last,
                   ForEach(session, stub, account::v1::ListAuditEntriesRequest(), take));
  inspection.End(last.end_position(), last.end_hash());
  return Report(session, inspection, heads.size());
}

}  // namespace

void AddAudit(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* const topic =
      app.add_subcommand("audit", "What staff did, in a log that nobody changes unseen.");
  topic->require_subcommand(1);
  const auto given = std::make_shared<Given>();

  Command list;
  list.verb = topic->add_subcommand("list", "Lists entries, oldest first.");
  list.verb->add_option("--subject", given->subject, "Only those about this resource.");
  list.verb->add_option("--actor", given->actor, "Only those of this actor.");
  list.verb->add_option("--from", given->from, "From then on.")->check(TimeText());
  list.verb->add_option("--to", given->to, "Until then.")->check(TimeText());
  list.run = [&session, given] { return List(session, *given); };
  commands.push_back(std::move(list));

  Command heads;
  heads.verb = topic->add_subcommand(
      "heads", "Lists the signed heads; with --json in the form that verify takes.");
  heads.run = [&session] { return ShowHeads(session); };
  commands.push_back(std::move(heads));

  Command verify;
  verify.verb = topic->add_subcommand(
      "verify", "Reads the whole log and finds out whether it holds; exits 1 where it does not.");
  verify.verb->add_option("--heads", given->heads_file,
                          "Heads that were exported before, one JSON object a line.");
  verify.verb->add_option("--keys", given->keys_file,
                          "A JWKS file with keys that signed heads and are retired.");
  verify.run = [&session, given] {
    const absl::StatusOr<Exit> done = Verify(session, *given);
    return done.ok() ? *done : Complain(done.status());
  };
  commands.push_back(std::move(verify));
}

}  // namespace houbu::ctl
