#include "libs/redis/node.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include <boost/asio/post.hpp>

#include "libs/async/retry.h"
#include "libs/redis/errors.h"

namespace houbu::redis {

namespace asio = boost::asio;

namespace {

constexpr auto kSlowSpell = std::chrono::seconds(1);
constexpr auto kProbePause = std::chrono::milliseconds(250);
constexpr auto kIdentityPause = std::chrono::milliseconds(20);

}  // namespace

Node::Node(Link::Strand strand, Address address, Role role,
           std::shared_ptr<const Household> household)
    : strand_(std::move(strand)),
      address_(std::move(address)),
      role_(role),
      household_(std::move(household)) {}

bool Node::IsReady() const { return ready_ && !slow_; }

void Node::Submit(Order order) {
  const Time now = std::chrono::steady_clock::now();
  if (slow_) {
    Probe(now);
  }
  if (link_ == nullptr && now >= retry_at_) {
    Connect();
  }
  if (const auto reason = ReasonToRefuse(); reason.has_value()) {
    Refuse(std::move(order.on_answer), Answer::Refused(UnavailableBecause(*reason)));
    return;
  }
  if (link_ == nullptr) {
    Refuse(std::move(order.on_answer), Answer::NotSent("Waiting to connect again."));
    return;
  }
  ++calls_;
  if (ready_) {
    Transmit(std::move(order));
  } else {
    waiting_.push_back(std::move(order));
  }
}

std::optional<std::string> Node::ReasonToRefuse() const {
  if (silent_ && !ready_) {
    return absl::StrCat(TextOf(address_), " did not answer, and does not yet.");
  }
  if (slow_) {
    return absl::StrCat(TextOf(address_), " answers too slowly.");
  }
  if (calls_ >= household_->options.calls_max) {
    return absl::StrCat(TextOf(address_), " has too many calls on their way.");
  }
  return std::nullopt;
}

void Node::Refuse(OnAnswer on_answer, Answer answer) {
  asio::post(strand_, [on_answer = std::move(on_answer), answer = std::move(answer)]() mutable {
    on_answer(std::move(answer));
  });
}

void Node::Doubt() { AskAgainWhoItIs(kIdentityPause); }

void Node::Close(std::string cause) {
  if (link_ != nullptr) {
    link_->Close(std::move(cause));
  }
}

// Connecting --------------------------------------------------------------------------------------

void Node::Connect() {
  const Link::Target target{address_, absl::ToChronoNanoseconds(household_->options.call_timeout)};
  link_ = std::make_shared<Link>(strand_, target);
  link_->Connect([weak = weak_from_this()](const Link::Loss& loss) {
    if (const auto self = weak.lock()) {
      self->Lost(loss);
    }
  });
  if (role_ == Role::kSentinel) {
    ready_ = true;
  } else {
    Greet();
  }
}

void Node::Greet() {
  if (const std::string& password = household_->options.password; !password.empty()) {
    link_->Send({"AUTH", password}, [](const Answer&) {});
  }
  link_->Send(IdentityCommand(),
              [weak = weak_from_this(), link = link_.get()](const Answer& answer) {
                const auto self = weak.lock();
                if (self != nullptr && self->link_.get() == link) {
                  self->Greeted(answer);
                }
              });
}

void Node::Greeted(const Answer& answer) {
  if (answer.kind == Answer::Kind::kLost) {
    return;  // Lost() comes next.
  }
  if (answer.kind == Answer::Kind::kError) {
    link_->Close(answer.text);
    return;
  }
  const absl::StatusOr<Identity> identity = ParseIdentity(answer.reply.text(), address_);
  if (!identity.ok()) {
    link_->Close(std::string(identity.status().message()));
    return;
  }
  if (role_ == Role::kMaster && !identity->master) {
    link_->Close(absl::StrCat(TextOf(address_), " is no master."));
    return;
  }
  identity_ = *identity;
  ready_ = true;
  who_asked_at_ = std::chrono::steady_clock::now();
  failures_ = 0;
  silent_ = false;
  if (identity_->master) {
    for (const auto& [name, source] : household_->libraries) {
      Load(source);
    }
  }
  for (Order& order : std::exchange(waiting_, {})) {
    Transmit(std::move(order));
  }
}

void Node::AskAgainWhoItIs(std::chrono::nanoseconds age) {
  const Time now = std::chrono::steady_clock::now();
  if (!ready_ || asking_who_ || now < who_asked_at_ + age) {
    return;
  }
  asking_who_ = true;
  who_asked_at_ = now;
  link_->Send(
      IdentityCommand(), [weak = weak_from_this(), link = link_.get()](const Answer& answer) {
        const auto self = weak.lock();
        if (self == nullptr) {
          return;
        }
        self->asking_who_ = false;
        absl::StatusOr<Identity> identity = ParseIdentity(answer.reply.text(), self->address_);
        if (self->link_.get() == link && identity.ok()) {
          self->identity_ = *std::move(identity);
        }
      });
}

void Node::Load(const std::string& library_source) {
  if (ready_) {
    link_->Send({"FUNCTION", "LOAD", "REPLACE", library_source}, [](const Answer&) {});
  }
}

void Node::Lost(const Link::Loss& loss) {
  const bool worked = role_ == Role::kSentinel ? loss.answered : ready_;
  link_ = nullptr;
  identity_.reset();
  ready_ = false;
  silent_ = silent_ || loss.silent;
  slow_ = false;
  slow_since_.reset();
  // A connection that worked is replaced at once; one that never did counts as a failed try.
  failures_ = worked ? 0 : failures_ + 1;
  if (failures_ > 0) {
    async::RetryPolicy policy;
    policy.backoff_first = household_->options.backoff_first;
    policy.backoff_max = household_->options.backoff_max;
    retry_at_ = std::chrono::steady_clock::now() +
                absl::ToChronoNanoseconds(async::Backoff(policy, failures_));
  }
  for (Order& order : std::exchange(waiting_, {})) {
    Settle(order.on_answer, Answer::NotSent(loss.cause));
  }
  if (role_ != Role::kSentinel && household_->on_lost) {
    household_->on_lost();
  }
}

// Sending -----------------------------------------------------------------------------------------

void Node::Transmit(Order order) {
  const bool is_function = !order.function_key.empty();
  if (is_function) {
    // Connections outlive promotions: a master may have been a replica meanwhile.
    AskAgainWhoItIs(absl::ToChronoNanoseconds(household_->options.review_interval));
  }
  if (is_function && household_->admission) {
    absl::Status admitted = household_->admission(order.function_key, *identity_);
    if (!admitted.ok()) {
      --calls_;
      Refuse(std::move(order.on_answer), Answer::Refused(std::move(admitted)));
      AskAgainWhoItIs(kIdentityPause);
      return;
    }
  }
  if (order.reload) {
    for (const auto& [name, source] : household_->libraries) {
      Load(source);
    }
  }
  if (order.asking) {
    link_->Send({"ASKING"}, [](const Answer&) {});
  }
  link_->Send(order.argv,
              [weak = weak_from_this(), is_function, sent = std::chrono::steady_clock::now(),
               on_answer = std::move(order.on_answer)](Answer answer) {
                const auto self = weak.lock();
                if (self == nullptr) {
                  return;
                }
                if (is_function && answer.kind != Answer::Kind::kLost) {
                  self->Note(sent, std::chrono::steady_clock::now());
                }
                self->Settle(on_answer, std::move(answer));
              });
}

void Node::Settle(const OnAnswer& on_answer, Answer answer) {
  --calls_;
  on_answer(std::move(answer));
}

// Slowness ----------------------------------------------------------------------------------------

void Node::Note(Time sent, Time now) {
  if (now - sent < absl::ToChronoNanoseconds(household_->options.slow_min)) {
    slow_since_.reset();
    return;
  }
  if (!slow_since_.has_value()) {
    slow_since_ = now;
  } else if (now - *slow_since_ >= kSlowSpell) {
    // It may be the functions that take long: a probe tells.
    Probe(now);
  }
}

void Node::Probe(Time now) {
  if (probing_ || !ready_ || now < probe_at_) {
    return;
  }
  probing_ = true;
  link_->Send({"PING"}, [weak = weak_from_this(), sent = now](const Answer& answer) {
    const auto self = weak.lock();
    if (self == nullptr) {
      return;
    }
    const Time answered = std::chrono::steady_clock::now();
    self->probing_ = false;
    self->probe_at_ = answered + kProbePause;
    self->slow_since_.reset();
    self->slow_ = answer.kind == Answer::Kind::kReply &&
                  answered - sent >= absl::ToChronoNanoseconds(self->household_->options.slow_min);
  });
}

}  // namespace houbu::redis
