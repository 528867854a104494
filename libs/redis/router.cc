#include "libs/redis/router.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>

#include "libs/async/retry.h"
#include "libs/redis/errors.h"

namespace houbu::redis {

namespace asio = boost::asio;

namespace {

constexpr int kRedirectionsMax = 5;
constexpr absl::Duration kPauseFirst = absl::Milliseconds(5);
constexpr absl::Duration kPauseMax = absl::Milliseconds(80);

// Errors that say: nothing was done, ask again.
constexpr absl::string_view kAskAgain[] = {"TRYAGAIN", "LOADING"};
// Errors that say: nothing was done, and the masters may be others now.
constexpr absl::string_view kAskElsewhere[] = {"CLUSTERDOWN", "MASTERDOWN", "READONLY"};

template <class Codes>
bool HasOneOf(const Answer& answer, const Codes& codes) {
  return std::any_of(std::begin(codes), std::end(codes),
                     [&answer](absl::string_view code) { return answer.HasCode(code); });
}

Answer Unknown() { return Answer::NotSent("No master is known for the key."); }

}  // namespace

Router::Router(asio::any_io_executor executor, Options options)
    : strand_(asio::make_strand(executor)),
      options_(options),
      household_(std::make_shared<Node::Household>()) {
  household_->options = std::move(options);
}

void Router::Post(RequestPtr request) {
  asio::post(strand_, [self = shared_from_this(), request = std::move(request)] {
    self->Start();
    self->Dispatch(request);
  });
}

void Router::PostLibrary(std::string source, std::function<void(absl::Status)> on_outcome) {
  asio::post(strand_, [self = shared_from_this(), source = std::move(source),
                       on_outcome = std::move(on_outcome)] {
    self->Start();
    self->household_->libraries[source.substr(0, source.find('\n'))] = source;
    const auto loading = std::make_shared<Loading>();
    loading->on_outcome = on_outcome;
    if (!self->directory_->Masters().empty()) {
      self->LoadEverywhere(source, loading);
      return;
    }
    self->directory_->Refresh([weak = self->weak_from_this(), source, loading] {
      if (const auto router = weak.lock()) {
        router->LoadEverywhere(source, loading);
      }
    });
  });
}

void Router::PostAdmission(Client::Admission admission) {
  asio::post(strand_, [self = shared_from_this(), admission = std::move(admission)] {
    self->household_->admission = admission;
  });
}

void Router::Close() {
  asio::dispatch(strand_, [self = shared_from_this()] {
    self->closed_ = true;
    for (const auto& [address, node] : self->nodes_) {
      node->Close("The client is closed.");
    }
  });
}

void Router::Start() {
  if (directory_ != nullptr) {
    return;
  }
  household_->on_lost = [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self != nullptr && !self->closed_ && self->directory_->CanChange()) {
      self->directory_->Refresh(nullptr);
    }
  };
  directory_ =
      MakeDirectory(strand_, options_,
                    [weak = weak_from_this()](const Address& whom, std::vector<std::string> argv,
                                              OnAnswer on_answer) {
                      if (const auto self = weak.lock()) {
                        self->Ask(whom, std::move(argv), std::move(on_answer));
                      }
                    });
}

// Servers -----------------------------------------------------------------------------------------

void Router::Ask(const Address& whom, std::vector<std::string> argv, OnAnswer on_answer) {
  const NodePtr node = options_.mode == Mode::kSentinel ? NodeAt(whom, Node::Role::kSentinel)
                                                        : NodeAt(whom, Node::Role::kServer);
  Node::Order order;
  order.argv = std::move(argv);
  order.on_answer = std::move(on_answer);
  node->Submit(std::move(order));
}

Router::NodePtr Router::NodeAt(const Address& address, Node::Role role) {
  NodePtr& node = nodes_[address];
  if (node == nullptr) {
    node = std::make_shared<Node>(strand_, address, role, household_);
  }
  return node;
}

Router::NodePtr Router::ServerAt(const Address& address) {
  return NodeAt(address,
                options_.mode == Mode::kSentinel ? Node::Role::kMaster : Node::Role::kServer);
}

std::optional<Address> Router::Choose(const std::string& key) {
  if (!key.empty()) {
    return directory_->MasterFor(key);
  }
  const std::vector<Address> masters = directory_->Masters();
  if (masters.empty()) {
    return std::nullopt;
  }
  // One that is connected, where there is one: the others may be away.
  for (const Address& master : masters) {
    const auto node = nodes_.find(master);
    if (node != nodes_.end() && node->second->IsReady()) {
      return master;
    }
  }
  static thread_local std::size_t turn = 0;
  return masters[turn++ % masters.size()];
}

void Router::LeaveFormerMaster(const Address& master) {
  if (options_.mode != Mode::kSentinel || master_ == master) {
    return;
  }
  const auto former = master_.has_value() ? nodes_.find(*master_) : nodes_.end();
  if (former != nodes_.end()) {
    // It may not have heard yet that it was replaced.
    former->second->Close("The Sentinels have named another master.");
  }
  master_ = master;
}

// Requests ----------------------------------------------------------------------------------------

void Router::Dispatch(const RequestPtr& request) {
  if (closed_) {
    Finish(request, UnavailableBecause("The client is closed."));
    return;
  }
  directory_->Review(absl::ToChronoNanoseconds(options_.review_interval));
  const std::optional<Address> master = Choose(request->key);
  if (!master.has_value()) {
    RefreshThenRetry(request, Unknown());
    return;
  }
  LeaveFormerMaster(*master);
  SendTo(ServerAt(*master), request, false, false);
}

void Router::SendTo(const NodePtr& node, const RequestPtr& request, bool asking, bool reload) {
  Node::Order order;
  order.argv = request->argv;
  order.asking = asking;
  order.reload = reload;
  if (request->kind == Kind::kFunction) {
    order.function_key = request->key;
  }
  order.on_answer = [weak = weak_from_this(), node, request](Answer answer) {
    if (const auto self = weak.lock()) {
      self->Answered(node, request, std::move(answer));
    }
  };
  node->Submit(std::move(order));
}

void Router::Answered(const NodePtr& node, const RequestPtr& request, Answer answer) {
  switch (answer.kind) {
    case Answer::Kind::kReply:
      request->answered_by = node->address();
      Finish(request, std::move(answer.reply));
      return;
    case Answer::Kind::kError:
      Failed(node, request, answer);
      return;
    case Answer::Kind::kNotSent:
      if (directory_->CanChange()) {
        RefreshThenRetry(request, answer);
        return;
      }
      break;
    case Answer::Kind::kLost:
    case Answer::Kind::kRefused:
      break;
  }
  Finish(request, answer.Outcome());
}

void Router::Failed(const NodePtr& node, const RequestPtr& request, const Answer& answer) {
  if (request->kind == Kind::kFunction && answer.LacksFunction() && !request->reloaded) {
    // Redis was emptied of functions, or this server never had them; nothing was done yet.
    request->reloaded = true;
    SendTo(node, request, false, true);
    return;
  }
  if ((answer.HasCode("MOVED") || answer.HasCode("ASK")) && Follow(node, request, answer)) {
    return;
  }
  if (HasOneOf(answer, kAskElsewhere)) {
    node->Doubt();
    if (answer.HasCode("READONLY") && options_.mode == Mode::kSentinel) {
      node->Close("It is no master any more.");
    }
    RefreshThenRetry(request, answer);
    return;
  }
  if (HasOneOf(answer, kAskAgain) || answer.HasCode("ASK")) {
    RetryLater(request, answer);
    return;
  }
  Finish(request, answer.Outcome());
}

bool Router::Follow(const NodePtr& node, const RequestPtr& request, const Answer& answer) {
  const absl::StatusOr<Redirection> to = ParseRedirection(answer.text);
  if (!to.ok()) {
    return false;
  }
  if (answer.HasCode("ASK") && request->kind == Kind::kFunction) {
    // The key it names is at the other server already; those it does not name may not be.
    return false;
  }
  if (++request->redirections > kRedirectionsMax) {
    return false;
  }
  const Address there{to->host.empty() ? node->address().host : to->host, to->port};
  if (answer.HasCode("MOVED")) {
    node->Doubt();
    directory_->Moved(to->slot, there);
    directory_->Refresh(nullptr);
    SendTo(ServerAt(there), request, false, false);
    return true;
  }
  SendTo(ServerAt(there), request, true, false);
  return true;
}

void Router::RefreshThenRetry(const RequestPtr& request, const Answer& answer) {
  if (!directory_->CanChange()) {
    RetryLater(request, answer);
    return;
  }
  if (!request->retry_until.has_value()) {
    request->retry_until =
        std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(options_.retry_max);
  }
  directory_->Refresh([weak = weak_from_this(), request, answer] {
    if (const auto self = weak.lock()) {
      self->RetryLater(request, answer);
    }
  });
}

void Router::RetryLater(const RequestPtr& request, const Answer& answer) {
  const auto now = std::chrono::steady_clock::now();
  if (!request->retry_until.has_value()) {
    request->retry_until = now + absl::ToChronoNanoseconds(options_.retry_max);
  }
  async::RetryPolicy policy;
  policy.backoff_first = kPauseFirst;
  policy.backoff_max = kPauseMax;
  const auto pause = absl::ToChronoNanoseconds(async::Backoff(policy, ++request->tries));
  if (now + pause > *request->retry_until) {
    Finish(request, answer.Outcome());
    return;
  }
  const auto timer = std::make_shared<asio::steady_timer>(strand_.get_inner_executor(), pause);
  timer->async_wait(asio::bind_executor(
      strand_, [weak = weak_from_this(), timer, request](const boost::system::error_code&) {
        if (const auto self = weak.lock()) {
          self->Dispatch(request);
        }
      }));
}

void Router::Finish(const RequestPtr& request, absl::StatusOr<Reply> outcome) {
  const auto on_outcome = std::exchange(request->on_outcome, nullptr);
  on_outcome(std::move(outcome), request->answered_by);
}

// Libraries ---------------------------------------------------------------------------------------

void Router::LoadEverywhere(const std::string& source, const std::shared_ptr<Loading>& loading) {
  const std::vector<Address> masters = directory_->Masters();
  loading->left = masters.size();
  if (masters.empty()) {
    loading->on_outcome(UnavailableBecause(Unknown().text));
    return;
  }
  for (const Address& master : masters) {
    Node::Order order;
    order.argv = {"FUNCTION", "LOAD", "REPLACE", source};
    order.on_answer = [loading](const Answer& answer) {
      loading->first_failure.Update(answer.Outcome().status());
      if (--loading->left == 0) {
        loading->on_outcome(loading->first_failure);
      }
    };
    ServerAt(master)->Submit(std::move(order));
  }
}

}  // namespace houbu::redis
