/// A ticket system with a queue, written from the oracle's rules and from no code of the services:
/// places are numbers on legs, the queue is a list that is read once from the oldest.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace houbu::oracle {

/// One train, every day at the same hour, on one day each.
class PlainTicketSystem final {
 public:
  static constexpr int kStations = 5;
  static constexpr int kSeats = 9;
  static constexpr int kFirstMinute = 480;
  static constexpr int kLegMinutes = 60;
  static constexpr int kPriceOfLeg = 7;

  /// A purchase as it is asked for; stations by number.
  struct Wish {
    int user = 0;
    int day = 1;  ///< Of June.
    int from = 0;
    int to = 1;
    int party = 1;
    bool queues = false;
  };

  /// The answer to buy_ticket.
  std::string Buy(const Wish& wish) {
    if (wish.party > kSeats) return "-1";
    Order order{wish, "success"};
    const bool fits = CountFree(wish) >= wish.party;
    if (!fits && !wish.queues) return "-1";
    if (!fits) order.state = "pending";
    orders_.push_back(order);
    if (fits) Take(wish, wish.party);
    return fits ? absl::StrCat((wish.to - wish.from) * kPriceOfLeg * wish.party) : "queue";
  }

  /// The answer to refund_ticket of the n-th newest order.
  std::string Refund(int user, int back) {
    for (auto order = orders_.rbegin(); order != orders_.rend(); ++order) {
      if (order->wish.user != user || --back > 0) continue;
      const std::string before = std::exchange(order->state, "refunded");
      if (before == "refunded") return "-1";
      if (before == "success") GiveBack(order->wish);
      return "0";
    }
    return "-1";
  }

  /// The answer to query_order.
  std::string ShowOrders(int user) const {
    std::string lines;
    int count = 0;
    for (auto order = orders_.rbegin(); order != orders_.rend(); ++order) {
      if (order->wish.user != user) continue;
      ++count;
      absl::StrAppend(&lines, "\n[", order->state, "] ", Describe(order->wish, order->wish.party));
    }
    return absl::StrCat(count, lines);
  }

  /// The answer to query_ticket.
  std::string ShowTickets(const Wish& wish) const {
    return absl::StrCat("1\n", Describe(wish, CountFree(wish)));
  }

  /// How many orders have left the queue with places.
  int served() const { return served_; }

 private:
  struct Order {
    Wish wish;
    std::string state;
  };

  int CountFree(const Wish& wish) const {
    int free = kSeats;
    for (int leg = wish.from; leg < wish.to; ++leg) {
      const auto taken = taken_.find({wish.day, leg});
      if (taken != taken_.end()) free = std::min(free, kSeats - taken->second);
    }
    return free;
  }

  void Take(const Wish& wish, int places) {
    for (int leg = wish.from; leg < wish.to; ++leg) taken_[{wish.day, leg}] += places;
  }

  void GiveBack(const Wish& wish) {
    Take(wish, -wish.party);
    for (Order& order : orders_) {
      if (order.state != "pending" || order.wish.day != wish.day) continue;
      if (CountFree(order.wish) < order.wish.party) continue;
      order.state = "success";
      Take(order.wish, order.wish.party);
      ++served_;
    }
  }

  static std::string Clockwise(int day, int minute) {
    return absl::StrFormat("06-%02d %02d:%02d", day, minute / 60, minute % 60);
  }

  static std::string Describe(const Wish& wish, int places) {
    const std::string leaves = Clockwise(wish.day, kFirstMinute + wish.from * kLegMinutes);
    const std::string arrives = Clockwise(wish.day, kFirstMinute + wish.to * kLegMinutes);
    return absl::StrCat("T1 S", wish.from, " ", leaves, " -> S", wish.to, " ", arrives, " ",
                        (wish.to - wish.from) * kPriceOfLeg, " ", places);
  }

  std::vector<Order> orders_;                 // the oldest first
  std::map<std::pair<int, int>, int> taken_;  // by day and leg
  int served_ = 0;
};

}  // namespace houbu::oracle
