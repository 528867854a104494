#include "tools/houbuctl/ledger.h"

#include <iostream>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include <nlohmann/json.hpp>

#include "libs/base/status_macros.h"
#include "libs/rpc/wire.h"

#include "houbu/payment/v1/payment.grpc.pb.h"

namespace houbu::ctl {
namespace {

using nlohmann::json;
using payment::v1::Books;
using payment::v1::CheckBooksResponse;
using payment::v1::TrialBalance;
using Stub = payment::v1::LedgerService::Stub;

constexpr int kPage = 200;

/// What all pages and the sums say together.
struct Found {
  long long payments = 0;
  std::vector<CheckBooksResponse::Fault> faults;
  TrialBalance sums;

  bool sound() const {
    for (const auto& sum : sums.imbalances()) {
      if (sum.minor_units() != 0) return false;
    }
    return faults.empty();
  }
};

absl::StatusOr<Found> Check(const Session& session) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  Stub stub(channel);
  Found found;
  payment::v1::CheckBooksRequest request;
  request.set_page_size(kPage);
  do {
    ASSIGN_OR_RETURN(const CheckBooksResponse page, session.Call(stub, &Stub::CheckBooks, request));
    found.payments += page.payments();
    found.faults.insert(found.faults.end(), page.faults().begin(), page.faults().end());
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  const payment::v1::GetTrialBalanceRequest all;
  ASSIGN_OR_RETURN(found.sums, session.Call(stub, &Stub::GetTrialBalance, all));
  return found;
}

void ShowJson(const Found& found) {
  json shown = {{"payments", found.payments},
                {"sound", found.sound()},
                {"faults", json::array()},
                {"accounts", json::array()},
                {"imbalances", json::array()}};
  for (const CheckBooksResponse::Fault& fault : found.faults) {
    json told = json::array();
    for (const std::string& one : fault.faults()) told.push_back(one);
    shown["faults"].push_back({{"payment", fault.payment()}, {"faults", told}});
  }
  for (const TrialBalance::Line& line : found.sums.lines()) {
    shown["accounts"].push_back({{"account", line.ledger_account()},
                                 {"currency", line.balance().currency_code()},
                                 {"minor_units", line.balance().minor_units()}});
  }
  for (const auto& sum : found.sums.imbalances()) {
    shown["imbalances"].push_back(
        {{"currency", sum.currency_code()}, {"minor_units", sum.minor_units()}});
  }
  std::cout << shown.dump() << std::endl;
}

void ShowText(const Found& found) {
  for (const TrialBalance::Line& line : found.sums.lines()) {
    std::cout << line.ledger_account() << ": " << line.balance().minor_units() << " "
              << line.balance().currency_code() << "\n";
  }
  for (const auto& sum : found.sums.imbalances()) {
    std::cout << "sum: " << sum.minor_units() << " " << sum.currency_code() << "\n";
  }
  for (const CheckBooksResponse::Fault& fault : found.faults) {
    for (const std::string& one : fault.faults()) {
      std::cout << fault.payment() << ": " << one << "\n";
    }
  }
  std::cout << found.payments << " payments, "
            << (found.sound() ? "all books agree" : "the books do not agree") << std::endl;
}

absl::StatusOr<Books> Load(const Session& session, const std::string& payment) {
  ASSIGN_OR_RETURN(const std::shared_ptr<grpc::Channel> channel, session.Payment());
  Stub stub(channel);
  payment::v1::GetBooksRequest request;
  request.set_name(payment);
  return session.Call(stub, &Stub::GetBooks, request);
}

void ShowJson(const Books& books) {
  json shown = {{"payment", books.payment().name()},
                {"transactions", json::array()},
                {"faults", json::array()}};
  for (const Books::Transaction& transaction : books.transactions()) {
    json entries = json::array();
    for (const Books::Transaction::Entry& entry : transaction.entries()) {
      entries.push_back({{"account", entry.ledger_account()},
                         {"currency", entry.amount().currency_code()},
                         {"minor_units", entry.amount().minor_units()}});
    }
    shown["transactions"].push_back(
        {{"key", transaction.key()},
         {"event", transaction.event()},
         {"time", absl::FormatTime(absl::RFC3339_sec,
                                   absl::FromUnixSeconds(transaction.post_time().seconds()),
                                   absl::UTCTimeZone())},
         {"entries", entries}});
  }
  for (const std::string& fault : books.faults()) shown["faults"].push_back(fault);
  std::cout << shown.dump() << std::endl;
}

void ShowText(const Books& books) {
  for (const Books::Transaction& transaction : books.transactions()) {
    std::cout << transaction.event() << " " << transaction.key() << "\n";
    for (const Books::Transaction::Entry& entry : transaction.entries()) {
      std::cout << "  " << entry.ledger_account() << " " << entry.amount().minor_units() << " "
                << entry.amount().currency_code() << "\n";
    }
  }
  for (const std::string& fault : books.faults()) std::cout << "fault: " << fault << "\n";
  std::cout << std::flush;
}

/// Shows what was asked for, or says why not; `is_sound` tells what the program ends with.
template <class Answer, class IsSound>
Exit Conclude(const Session& session, const absl::StatusOr<Answer>& answer,
              const IsSound& is_sound) {
  if (!answer.ok()) return Complain(answer.status());
  session.json() ? ShowJson(*answer) : ShowText(*answer);
  return is_sound(*answer) ? Exit::kOk : Exit::kFound;
}

}  // namespace

void AddLedger(CLI::App& app, Session& session, std::vector<Command>& commands) {
  CLI::App* topic = app.add_subcommand("ledger", "The books of the payment service.");
  topic->require_subcommand(1);
  Command check;
  check.verb = topic->add_subcommand(
      "check", "Compares every payment with its refunds and postings; exits 1 on any fault.");
  check.run = [&session] {
    return Conclude(session, Check(session), [](const Found& found) { return found.sound(); });
  };
  commands.push_back(std::move(check));

  auto payment = std::make_shared<std::string>();
  Command show;
  show.verb = topic->add_subcommand("show", "Shows what was posted for a payment.");
  show.verb->add_option("PAYMENT", *payment, "The payment, payments/{payment}.")->required();
  show.run = [&session, payment] {
    return Conclude(session, Load(session, *payment),
                    [](const Books& books) { return books.faults().empty(); });
  };
  commands.push_back(std::move(show));
}

}  // namespace houbu::ctl
