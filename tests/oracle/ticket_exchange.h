/// The oracle's ticket system, made of slot's and waitlist's own parts: places are allocated,
/// released and waited for in slot's index, an order that waits is a waitlist order, and one that
/// has its places is a booking. What is left here is the oracle's language.
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch.hpp>

#include "libs/testing/manual_clock.h"
#include "libs/testing/sequential_id_source.h"
#include "services/slot/app/fresh_index.h"
#include "services/slot/domain/booking.h"
#include "services/slot/storage/inventory_subject.h"
#include "services/waitlist/app/memory_order_store.h"
#include "services/waitlist/app/order_life.h"
#include "services/waitlist/app/order_placement.h"
#include "tests/oracle/ticket_book.h"
#include "tests/oracle/ticket_trains.h"

namespace houbu::oracle {

/// Says of the stretch that is being asked for what the timetable says.
class StretchQuotes final : public waitlist::Slots {
 public:
  waitlist::Quote next;  ///< The answer.

  async::Task<waitlist::Quote> Ask(waitlist::Wish) override { co_return next; }
};

/// Answers the commands whose answers are compared, and learns from the answers to the others.
class Exchange final {
 public:
  /// Works on the index of `subject`, which must outlive this.
  explicit Exchange(slot::InventorySubject& subject)
      : subject_(subject), fresh_index_(subject.index(), book_) {}

  /// Whether the answer to a command is compared.
  static bool Answers(const std::string& command) {
    return command == "buy_ticket" || command == "refund_ticket" || command == "query_ticket" ||
           command == "query_order";
  }

  /// Gives the answer.
  std::string Answer(const Command& command) {
    clock_.Set(kStart + absl::Seconds(command.timestamp));
    if (command.name == "buy_ticket") return Buy(command);
    if (command.name == "refund_ticket") return Refund(command);
    if (command.name == "query_ticket") return ShowTickets(command);
    return ShowOrders(command.Get('u'));
  }

  /// Takes up what another command did, by its answer.
  void Learn(const Command& command, const std::string& answer) {
    if (command.name == "exit") signed_in_.clear();
    if (answer != "0") return;
    if (command.name == "login") signed_in_.insert(command.Get('u'));
    if (command.name == "logout") signed_in_.erase(command.Get('u'));
    if (command.name == "add_train") trains_.Add(command);
    if (command.name == "delete_train") trains_.Delete(command.Get('i'));
    if (command.name == "release_train") trains_.Release(command.Get('i'));
  }

  /// The trains.
  const OracleTrains& trains() const { return trains_; }
  /// How many orders were served from the line.
  int served() const { return served_; }

 private:
  struct Purchase {
    slot::PlannedJourney journey;
    std::string train, from, to, run;
    std::int64_t price = 0;
    slot::DemandKind kind;
    std::string holder;       // who has its places in the index, or stands in line there
    waitlist::OrderId order;  // empty where it was bought at once
    std::optional<slot::Booking> booking;  // once it has places
  };

  static inline const absl::Time kStart =
      absl::FromCivil(absl::CivilDay(2021, 5, 1), absl::UTCTimeZone());

  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return subject_.Run(std::move(task));
  }

  template <class Thing>
  Mutation<Thing> Request() {
    Mutation<Thing> mutation;
    mutation.key.request_id = ids_.Next("rq");
    return mutation;
  }
  Mutation<waitlist::Order> OrderRequest() {
    auto mutation = Request<waitlist::Order>();
    mutation.render = [](const waitlist::Order& order) { return order.id.value(); };
    return mutation;
  }

  std::string RunOf(const slot::PlannedJourney& journey) {
    const OracleTrain& train = trains_.Get(journey.train->trip);
    const std::string run =
        absl::StrCat(journey.train->trip, ".", absl::FormatCivilTime(journey.service_day));
    book_.Open(run, static_cast<int>(train.timetabled.stops.size()) - 1, train.seats);
    return run;
  }

  int CountFree(const std::string& run, slot::LegRange legs) {
    const auto vacancies = Run(fresh_index_.Snapshot(book_.EpochOf(run), legs));
    REQUIRE(vacancies.status() == absl::OkStatus());
    REQUIRE(vacancies->size() == 1);
    return vacancies->front().free;
  }

  // Buying ---------------------------------------------------------------------------------------

  std::string Buy(const Command& command) {
    if (signed_in_.count(command.Get('u')) == 0) return "-1";
    const auto journey = trains_.Journey(command.Get('i'), command.Get('f'), command.Get('t'),
                                         ParseDay(command.Get('d')));
    if (!journey.has_value()) return "-1";
    const OracleTrain& train = trains_.Get(command.Get('i'));
    const int party = command.Number('n');
    if (party > train.seats) return "-1";
    Purchase purchase{.journey = *journey,
                      .train = command.Get('i'),
                      .from = command.Get('f'),
                      .to = command.Get('t'),
                      .run = RunOf(*journey),
                      .price = train.Price(journey->from, journey->to),
                      .kind = {kSeat, {journey->from, journey->to}, party},
                      .holder = ids_.Next("bk"),
                      .order = {},
                      .booking = std::nullopt};
    const auto taken =
        Run(fresh_index_.Allocate(book_.EpochOf(purchase.run), purchase.kind, purchase.holder));
    std::string answer = absl::StrCat(purchase.price * party);
    if (taken.ok()) {
      book_.Take(purchase.run, purchase.holder, purchase.kind);
      purchase.booking = *slot::Confirm(
          slot::HoldPlaces(TermsOf(purchase), clock_.Now(), absl::Minutes(10)), clock_.Now());
    } else {
      REQUIRE(ReasonOf(taken.status()) == slot::kSoldOut.reason);
      if (command.Get('q', "false") != "true") return "-1";
      Wait(command.Get('u'), purchase);
      answer = "queue";
    }
    bought_by_[command.Get('u')].push_back(purchases_.size());
    purchases_.push_back(std::move(purchase));
    return answer;
  }

  slot::BookingTerms TermsOf(const Purchase& purchase) {
    slot::BookingTerms terms;
    terms.id = slot::BookingId(ids_.Next("bk"));
    terms.trip.run = slot::RunId(purchase.run);
    terms.trip.legs = purchase.kind.legs;
    terms.trip.class_code = kSeat;
    terms.trip.departs_at = purchase.journey.departs_at;
    terms.trip.arrives_at = purchase.journey.arrives_at;
    terms.fare = Yuan(purchase.price);
    terms.total = Yuan(purchase.price * purchase.kind.party);
    terms.payment = "payments/" + ids_.Next("pm");
    return terms;
  }

  static Money Yuan(std::int64_t amount) { return Fen(amount * 100); }

  // An order of the waitlist, prepaid on the spot: its place in line is this very moment. Each has
  // an account of its own, since here a person may have several in line at once; who travels is one
  // person, since how many they are is told to the index.
  void Wait(const std::string& user, Purchase& purchase) {
    quotes_.next = waitlist::Quote();
    quotes_.next.fare = Yuan(purchase.price * purchase.kind.party);
    quotes_.next.departs_at = purchase.journey.departs_at;
    quotes_.next.boarding_day = purchase.journey.service_day;
    waitlist::Placement placed;
    placed.account = "accounts/" + ids_.Next("ac");
    placed.wishes.push_back({"runs/" + purchase.run, kSeat, purchase.from, purchase.to});
    placed.travellers.push_back(waitlist::Traveller{user, "", "", 0});
    const auto opened = Run(placement_.Place(placed, OrderRequest()));
    REQUIRE(opened.status() == absl::OkStatus());
    purchase.order = waitlist::OrderId(*opened);
    REQUIRE(Run(life_.TakePayment(purchase.order, clock_.Now(), OrderRequest())).ok());
    const waitlist::Order order = OrderOf(purchase);
    REQUIRE(order.state == waitlist::OrderState::kWaiting);
    purchase.holder = order.choices.front().demand;
    const slot::WaitingDemand demand{purchase.holder, purchase.kind, order.effective_at};
    book_.Wait(purchase.run, demand);
    const auto enlisted = Run(fresh_index_.Enlist(book_.EpochOf(purchase.run), demand));
    REQUIRE(enlisted.status() == absl::OkStatus());
    CHECK(*enlisted == slot::EnlistOutcome::kWaiting);
    in_line_[purchase.holder] = purchases_.size();
  }

  waitlist::Order OrderOf(const Purchase& purchase) { return *Run(orders_.Load(purchase.order)); }

  // Giving back ----------------------------------------------------------------------------------

  std::string Refund(const Command& command) {
    const std::string user = command.Get('u');
    if (signed_in_.count(user) == 0) return "-1";
    const std::vector<std::size_t>& bought = bought_by_[user];
    const int back = command.Number('n', 1);
    if (back < 1 || back > static_cast<int>(bought.size())) return "-1";
    Purchase& purchase = purchases_[bought[bought.size() - static_cast<std::size_t>(back)]];
    return purchase.booking.has_value() ? CancelBooking(purchase) : EndOrder(purchase);
  }

  std::string CancelBooking(Purchase& purchase) {
    const auto cancelled = slot::Cancel(*purchase.booking, "refund_ticket", clock_.Now());
    if (!cancelled.ok()) return "-1";
    purchase.booking = *cancelled;
    book_.Free(purchase.run, purchase.holder);
    REQUIRE(Run(fresh_index_.Release(book_.EpochOf(purchase.run), purchase.holder)).ok());
    TakeMatches();
    return "0";
  }

  std::string EndOrder(Purchase& purchase) {
    const waitlist::Order before = OrderOf(purchase);
    if (before.state != waitlist::OrderState::kWaiting) return "-1";
    REQUIRE(Run(life_.TakeTermination(before.id, before.account, OrderRequest())).ok());
    book_.Leave(purchase.run, purchase.holder);
    const auto left = Run(fresh_index_.Withdraw(book_.EpochOf(purchase.run), purchase.holder));
    REQUIRE(left.status() == absl::OkStatus());
    return "0";
  }

  // Whom the index has served: their orders take the places.
  void TakeMatches() {
    for (const slot::Match& match : subject_.TakeMatches("exchange")) {
      Purchase& purchase = purchases_[in_line_.at(match.demand)];
      CHECK(match.epoch == book_.EpochOf(purchase.run).epoch);
      CHECK(match.kind == purchase.kind);
      const slot::BookingTerms terms = TermsOf(purchase);
      waitlist::Found found;
      found.demand = match.demand;
      found.booking = NameOf(terms.id);
      found.total = terms.total;
      auto mutation = Request<waitlist::Verdict>();
      mutation.render = [](const waitlist::Verdict& verdict) {
        return std::string(verdict == waitlist::Verdict::kAccepted ? "taken" : "declined");
      };
      const auto verdict = Run(life_.TakeMatch(purchase.order, found, mutation));
      REQUIRE(verdict.status() == absl::OkStatus());
      CHECK(*verdict == "taken");
      book_.Take(purchase.run, purchase.holder, purchase.kind);
      purchase.booking = slot::ServeFromLine(terms, clock_.Now());
      ++served_;
    }
  }

  // Showing --------------------------------------------------------------------------------------

  static std::string Clockwise(absl::Time time) {
    return absl::FormatTime("%m-%d %H:%M", time, absl::UTCTimeZone());
  }

  static std::string Describe(const slot::PlannedJourney& journey, const OracleTrain& train,
                              std::int64_t price, int places) {
    return absl::StrCat(train.timetabled.trip, " ", train.StationAt(journey.from), " ",
                        Clockwise(journey.departs_at), " -> ", train.StationAt(journey.to), " ",
                        Clockwise(journey.arrives_at), " ", price, " ", places);
  }

  std::string ShowTickets(const Command& command) {
    struct Line {
      std::int64_t sorted_by;
      std::string train, text;
    };
    const bool by_cost = command.Get('p', "time") == "cost";
    std::vector<Line> lines;
    for (const slot::PlannedJourney& journey :
         trains_.Journeys(command.Get('s'), command.Get('t'), ParseDay(command.Get('d')))) {
      const OracleTrain& train = trains_.Get(journey.train->trip);
      const std::int64_t price = train.Price(journey.from, journey.to);
      const std::int64_t minutes = absl::ToInt64Minutes(journey.arrives_at - journey.departs_at);
      const int free = CountFree(RunOf(journey), {journey.from, journey.to});
      lines.push_back({by_cost ? price : minutes, train.timetabled.trip,
                       Describe(journey, train, price, free)});
    }
    std::sort(lines.begin(), lines.end(), [](const Line& a, const Line& b) {
      return std::tie(a.sorted_by, a.train) < std::tie(b.sorted_by, b.train);
    });
    std::string answer = absl::StrCat(lines.size());
    for (const Line& line : lines) absl::StrAppend(&answer, "\n", line.text);
    return answer;
  }

  std::string StateOf(const Purchase& purchase) {
    if (purchase.booking.has_value()) {
      return slot::HoldsPlaces(purchase.booking->state) ? "success" : "refunded";
    }
    return OrderOf(purchase).state == waitlist::OrderState::kWaiting ? "pending" : "refunded";
  }

  std::string ShowOrders(const std::string& user) {
    if (signed_in_.count(user) == 0) return "-1";
    const std::vector<std::size_t>& bought = bought_by_[user];
    std::string answer = absl::StrCat(bought.size());
    for (auto at = bought.rbegin(); at != bought.rend(); ++at) {
      const Purchase& purchase = purchases_[*at];
      absl::StrAppend(&answer, "\n[", StateOf(purchase), "] ",
                      Describe(purchase.journey, trains_.Get(purchase.train), purchase.price,
                               purchase.kind.party));
    }
    return answer;
  }

  slot::InventorySubject& subject_;
  testing::ManualClock clock_{kStart};
  testing::SequentialIdSource ids_;
  TicketBook book_;
  slot::FreshIndex fresh_index_;
  StretchQuotes quotes_;
  waitlist::MemoryOrderStore orders_;
  waitlist::OrderPlacement placement_{orders_, quotes_, clock_, ids_, waitlist::WaitlistPolicy()};
  waitlist::OrderLife life_{orders_, clock_};
  OracleTrains trains_;
  std::set<std::string> signed_in_;
  std::vector<Purchase> purchases_;
  std::map<std::string, std::vector<std::size_t>> bought_by_;  // by user, the oldest first
  std::map<std::string, std::size_t> in_line_;                 // by demand
  int served_ = 0;
};

}  // namespace houbu::oracle
