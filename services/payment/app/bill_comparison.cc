#include "services/payment/app/bill_comparison.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "libs/async/status_macros.h"
#include "services/payment/domain/refusals.h"

namespace houbu::payment {
namespace {

// So many lines are compared at a time, and so many bookings.
constexpr std::size_t kLinesAtOnce = 500;
constexpr int kBookingsAtOnce = 500;

Stretch StretchOf(const Reconciliation& reconciliation) {
  return Stretch{reconciliation.channel, reconciliation.from, reconciliation.to};
}

// The lines of each payment beside each other.
Statement ByPayment(Statement statement) {
  std::stable_sort(
      statement.begin(), statement.end(),
      [](const StatementLine& a, const StatementLine& b) { return a.payment < b.payment; });
  return statement;
}

// Where a part of about kLinesAtOnce ends that holds every line of each of its payments.
Statement::const_iterator EndOfPart(Statement::const_iterator first,
                                    Statement::const_iterator end) {
  if (static_cast<std::size_t>(end - first) <= kLinesAtOnce) return end;
  const auto last = first + static_cast<std::ptrdiff_t>(kLinesAtOnce) - 1;
  return std::find_if(
      last, end, [&last](const StatementLine& line) { return !(line.payment == last->payment); });
}

}  // namespace

Task<Reconciliation> BillComparison::Run(Reconciliation reconciliation) {
  ASSIGN_OR_CO_RETURN(std::optional<Statement> fetched, co_await Fetch(reconciliation));
  if (!fetched.has_value()) co_return reconciliation;
  const absl::CivilDay day = BillDay(reconciliation);
  CO_RETURN_IF_ERROR(co_await store_.KeepStatement(reconciliation.channel, day, *fetched));
  const Statement statement = ByPayment(*std::move(fetched));
  auto first = statement.begin();
  while (first != statement.end()) {
    const auto end = EndOfPart(first, statement.end());
    Statement lines(first, end);
    ASSIGN_OR_CO_RETURN(reconciliation, co_await CompareLines(reconciliation, std::move(lines)));
    first = end;
  }
  co_return co_await FindUnstated(std::move(reconciliation));
}

Task<std::optional<Statement>> BillComparison::Fetch(Reconciliation reconciliation) {
  const auto found = bills_.find(reconciliation.channel);
  if (found == bills_.end()) co_return Refuse(kChannelWithoutBills);
  Bills* const bills = found->second;
  absl::StatusOr<Statement> statement = co_await bills->Fetch(BillDay(reconciliation));
  if (statement.ok()) co_return *std::move(statement);
  if (!absl::IsNotFound(statement.status())) co_return statement.status();
  ASSIGN_OR_CO_RETURN(const std::vector<Booked> booked,
                      co_await store_.BookedButNotStated(StretchOf(reconciliation), Booked(), 1));
  if (!booked.empty()) co_return statement.status();
  co_return std::optional<Statement>();
}

Task<Reconciliation> BillComparison::CompareLines(Reconciliation reconciliation, Statement lines) {
  const Channel channel = reconciliation.channel;
  std::set<PaymentId> named;
  for (const StatementLine& line : lines) named.insert(line.payment);
  std::vector<PaymentId> payments(named.begin(), named.end());
  ASSIGN_OR_CO_RETURN(std::vector<Difference> found,
                      co_await CompareOrders(channel, std::move(payments), lines));
  reconciliation.compared += static_cast<std::int64_t>(lines.size());
  co_return co_await findings_.Deal(std::move(reconciliation), std::move(found));
}

// What is said of a payment on other days counts too: a number that comes twice is said twice.
Task<std::vector<Difference>> BillComparison::CompareOrders(Channel channel,
                                                            std::vector<PaymentId> payments,
                                                            Statement lines) {
  ASSIGN_OR_CO_RETURN(const std::vector<PaymentBooks> books, co_await store_.Books(payments));
  ASSIGN_OR_CO_RETURN(const Statement stated, co_await store_.Stated(channel, payments));
  std::map<PaymentId, Statement> by_payment;
  for (const StatementLine& line : stated) by_payment[line.payment].push_back(line);
  std::set<PaymentId> known;
  std::vector<Difference> found;
  for (const PaymentBooks& each : books) {
    known.insert(each.payment.id);
    for (std::vector<Difference> more :
         {CompareWithStatement(channel, each, by_payment[each.payment.id]), CompareWithin(each)}) {
      std::move(more.begin(), more.end(), std::back_inserter(found));
    }
  }
  for (const StatementLine& line : lines) {
    if (known.count(line.payment) > 0) continue;
    StatementLine stranger = line;
    stranger.payment = PaymentId();
    found.push_back(UnknownOrder(channel, stranger));
  }
  co_return found;
}

Task<Reconciliation> BillComparison::FindUnstated(Reconciliation reconciliation) {
  Booked last;
  while (true) {
    ASSIGN_OR_CO_RETURN(
        const std::vector<Booked> page,
        co_await store_.BookedButNotStated(StretchOf(reconciliation), last, kBookingsAtOnce));
    if (page.empty()) co_return reconciliation;
    last = page.back();
    std::vector<Difference> found;
    for (const Booked& booked : page) {
      found.push_back(NotStated(reconciliation.channel, booked.payment, booked.movement,
                                booked.subject, booked.amount));
    }
    ASSIGN_OR_CO_RETURN(reconciliation, co_await findings_.Deal(reconciliation, std::move(found)));
  }
}

}  // namespace houbu::payment
