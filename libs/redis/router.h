/// The client's inside: takes requests to the servers that can answer them, and tries again what
/// was surely not done. All but Post... and Close runs on the strand.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <boost/asio/any_io_executor.hpp>

#include "libs/redis/answer.h"
#include "libs/redis/client.h"
#include "libs/redis/directory.h"
#include "libs/redis/node.h"

namespace houbu::redis {

/// Routes by the directory, follows redirections, and gives up in time.
class Router final : public std::enable_shared_from_this<Router> {
 public:
  /// What a request is.
  enum class Kind {
    kCommand,   ///< One command, of the shard of `key`, or of any where that is "".
    kFunction,  ///< A function call: subject to the admission, needs the libraries.
  };

  /// Something to get answered.
  struct Request {
    Kind kind = Kind::kCommand;
    std::vector<std::string> argv;
    std::string key;
    /// Called once, on the strand; `by` is where a reply came from.
    std::function<void(absl::StatusOr<Reply> outcome, const Address& by)> on_outcome;

    int tries = 0;          ///< Pauses made.
    int redirections = 0;   ///< Followed.
    bool reloaded = false;  ///< The libraries were loaded for it.
    Address answered_by;
    std::optional<Node::Time> retry_until;
  };

  Router(boost::asio::any_io_executor executor, Options options);

  /// Gives a request its first try.
  void Post(std::shared_ptr<Request> request);

  /// Remembers a library and loads it on all masters; the outcome is the first failure, if any.
  void PostLibrary(std::string source, std::function<void(absl::Status)> on_outcome);

  /// Sets the admission.
  void PostAdmission(Client::Admission admission);

  /// Fails what is waiting, closes all connections.
  void Close();

 private:
  using RequestPtr = std::shared_ptr<Request>;
  using NodePtr = std::shared_ptr<Node>;

  /// A library on its way to all masters.
  struct Loading {
    std::size_t left = 0;
    absl::Status first_failure;
    std::function<void(absl::Status)> on_outcome;
  };

  void Start();
  void Ask(const Address& whom, std::vector<std::string> argv, OnAnswer on_answer);
  NodePtr NodeAt(const Address& address, Node::Role role);
  NodePtr ServerAt(const Address& address);
  std::optional<Address> Choose(const std::string& key);
  void LeaveFormerMaster(const Address& master);

  void Dispatch(const RequestPtr& request);
  void SendTo(const NodePtr& node, const RequestPtr& request, bool asking, bool reload);
  void Answered(const NodePtr& node, const RequestPtr& request, Answer answer);
  void Failed(const NodePtr& node, const RequestPtr& request, const Answer& answer);
  bool Follow(const NodePtr& node, const RequestPtr& request, const Answer& answer);
  void RefreshThenRetry(const RequestPtr& request, const Answer& answer);
  void RetryLater(const RequestPtr& request, const Answer& answer);
  void Finish(const RequestPtr& request, absl::StatusOr<Reply> outcome);
  void LoadEverywhere(const std::string& source, const std::shared_ptr<Loading>& loading);

  Link::Strand strand_;
  const Options options_;
  const std::shared_ptr<Node::Household> household_;
  std::shared_ptr<Directory> directory_;  // Made at the first request.
  std::map<Address, NodePtr> nodes_;
  std::optional<Address> master_;  // kSentinel: whom requests went to last.
  bool closed_ = false;
};

}  // namespace houbu::redis
