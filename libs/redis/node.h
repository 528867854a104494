/// One server as the client sees it: a connection that comes and goes, who answers there, and
/// whether it is worth asking now. Everything in it runs on the client's strand.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

#include "libs/redis/answer.h"
#include "libs/redis/client.h"
#include "libs/redis/identity.h"
#include "libs/redis/link.h"

namespace houbu::redis {

/// Sends orders to one server, on one connection at a time, in order.
///
/// A new connection is greeted first: the server says who it is, and gets the function libraries;
/// only then anything else is sent. A server that left a call unanswered is trusted again when it
/// has answered a greeting; one whose answers are all slow, when it has answered a probe in time.
/// Until then orders are refused at once, so that callers do not pile up behind it.
class Node final : public std::enable_shared_from_this<Node> {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// What all nodes of a client share; outlives them.
  struct Household {
    Options options;
    std::map<std::string, std::string> libraries;  ///< By first line: "#!lua name=...".
    Client::Admission admission;
    std::function<void()> on_lost;  ///< A server is gone, or is not what it was.
  };

  /// What a node is there for.
  enum class Role {
    kServer,    ///< Any Redis server.
    kMaster,    ///< A server that is of use only while it is a master.
    kSentinel,  ///< A Sentinel: is not greeted.
  };

  /// Something to send.
  struct Order {
    std::vector<std::string> argv;
    std::string function_key;  ///< The key of a function call, for the admission; else "".
    bool asking = false;       ///< Goes behind ASKING.
    bool reload = false;       ///< Goes behind the libraries.
    OnAnswer on_answer;        ///< Called on the strand, never from inside Submit.
  };

  Node(Link::Strand strand, Address address, Role role, std::shared_ptr<const Household> household);

  /// Sends, connecting first where needed, or refuses.
  void Submit(Order order);

  /// Loads a library without waiting for the answer; nothing while not connected.
  void Load(const std::string& library_source);

  /// Takes note that the server may not be who it was.
  void Doubt();

  /// Closes the connection; a later order opens another.
  void Close(std::string cause);

  /// Where it is.
  const Address& address() const { return address_; }
  /// Tells whether an order would be sent at once.
  bool IsReady() const;
  /// How many orders are on their way.
  int calls() const { return calls_; }

 private:
  void Connect();
  void Greet();
  void Greeted(const Answer& answer);
  void AskAgainWhoItIs(std::chrono::nanoseconds age);
  void Lost(const Link::Loss& loss);
  void Transmit(Order order);
  void Settle(const OnAnswer& on_answer, Answer answer);
  void Refuse(OnAnswer on_answer, Answer answer);
  std::optional<std::string> ReasonToRefuse() const;
  void Note(Time sent, Time now);
  void Probe(Time now);

  Link::Strand strand_;
  const Address address_;
  const Role role_;
  const std::shared_ptr<const Household> household_;
  std::shared_ptr<Link> link_;
  std::optional<Identity> identity_;
  bool ready_ = false;  // Connected, greeted.
  bool asking_who_ = false;
  Time who_asked_at_{};
  std::deque<Order> waiting_;
  int calls_ = 0;

  int failures_ = 0;
  Time retry_at_{};
  bool silent_ = false;  // The last connection was given up without an answer.

  // Slowness: since when all answers have been slow, what a probe said.
  std::optional<Time> slow_since_;
  bool slow_ = false;
  bool probing_ = false;
  Time probe_at_{};
};

}  // namespace houbu::redis
