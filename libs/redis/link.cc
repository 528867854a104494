#include "libs/redis/link.h"

#include <hiredis/async.h>
#include <hiredis/hiredis.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

namespace houbu::redis {

namespace asio = boost::asio;

namespace {

/// Copies an answer; hiredis frees its own when the callback returns.
Reply ReplyOf(const redisReply& reply) {
  switch (reply.type) {
    case REDIS_REPLY_INTEGER:
      return Reply(static_cast<std::int64_t>(reply.integer));
    case REDIS_REPLY_STRING:
    case REDIS_REPLY_STATUS:
    case REDIS_REPLY_ERROR:
      return Reply(std::string(reply.str, static_cast<std::size_t>(reply.len)));
    case REDIS_REPLY_ARRAY: {
      std::vector<Reply> items;
      items.reserve(reply.elements);
      for (std::size_t i = 0; i < reply.elements; ++i) {
        items.push_back(ReplyOf(*reply.element[i]));
      }
      return Reply(std::move(items));
    }
    default:
      return Reply();
  }
}

/// Picks an address; IPv4 first, as hiredis itself does: "localhost" may have both.
std::string AddressIn(const asio::ip::tcp::resolver::results_type& found) {
  for (const auto& entry : found) {
    if (entry.endpoint().address().is_v4()) {
      return entry.endpoint().address().to_string();
    }
  }
  return found.begin()->endpoint().address().to_string();
}

Answer AnswerOf(const redisReply& reply) {
  Answer answer;
  if (reply.type == REDIS_REPLY_ERROR) {
    answer.kind = Answer::Kind::kError;
    answer.text = std::string(reply.str, static_cast<std::size_t>(reply.len));
  } else {
    answer.kind = Answer::Kind::kReply;
    answer.reply = ReplyOf(reply);
  }
  return answer;
}

}  // namespace

struct Link::Hooks {
  static Link& Of(void* data) { return *static_cast<Link*>(data); }

  static void AddRead(void* data) { Of(data).Want(Direction::kRead); }
  static void DelRead(void* data) { Of(data).read_.wanted = false; }
  static void AddWrite(void* data) { Of(data).Want(Direction::kWrite); }
  static void DelWrite(void* data) { Of(data).write_.wanted = false; }
  static void Cleanup(void* data) { Of(data).Lost(); }

  static void Connected(const redisAsyncContext* context, int status) {
    Link& link = Of(context->ev.data);
    if (status == REDIS_OK) {
      link.connected_ = true;
    } else {
      link.cause_ = context->errstr;
    }
  }

  static void Replied(redisAsyncContext* context, void* reply, void* asked) {
    const std::unique_ptr<OnAnswer> on_answer(static_cast<OnAnswer*>(asked));
    Link& link = Of(context->ev.data);
    if (link.abandoned_) {
      return;
    }
    link.deadlines_.pop_front();
    if (reply == nullptr) {
      (*on_answer)(Answer::Lost(link.cause_));
      return;
    }
    link.answered_ = true;
    (*on_answer)(AnswerOf(*static_cast<const redisReply*>(reply)));
  }
};

Link::Link(Strand strand, Target target)
    : strand_(strand),
      target_(std::move(target)),
      resolver_(strand.get_inner_executor()),
      socket_(strand.get_inner_executor()),
      watchdog_(strand.get_inner_executor()) {}

Link::~Link() {
  abandoned_ = true;
  on_lost_ = nullptr;
  if (context_ != nullptr) {
    redisAsyncFree(context_);
  }
}

void Link::Connect(std::function<void(Loss)> on_lost) {
  on_lost_ = std::move(on_lost);
  boost::system::error_code is_name;
  asio::ip::make_address(target_.address.host, is_name);
  if (is_name) {
    Resolve();
  } else {
    Open(target_.address.host);
  }
}

void Link::Resolve() {
  // hiredis would look the name up itself, and block the loop for it.
  resolving_ = true;
  auto resolved = [self = shared_from_this()](const boost::system::error_code& error,
                                              const asio::ip::tcp::resolver::results_type& found) {
    if (!self->resolving_) {
      return;  // Closed meanwhile.
    }
    if (error || found.empty()) {
      self->cause_ = absl::StrCat(self->target_.address.host, ": ", error.message());
      self->Lost();
      return;
    }
    self->resolving_ = false;
    self->Open(AddressIn(found));
  };
  resolver_.async_resolve(target_.address.host, std::string(),
                          asio::bind_executor(strand_, std::move(resolved)));
}

void Link::Open(const std::string& address) {
  context_ = redisAsyncConnect(address.c_str(), target_.address.port);
  if (context_ == nullptr) {
    Lost();
    return;
  }
  if (context_->err != 0) {
    cause_ = context_->errstr;
    redisAsyncFree(std::exchange(context_, nullptr));
    Lost();
    return;
  }
  Attach();
  for (Early& early : std::exchange(early_, {})) {
    if (!Transmit(early.argv, early.on_answer)) {
      Refuse(std::move(early.on_answer));
    }
  }
}

void Link::Attach() {
  boost::system::error_code error;
  socket_.assign(context_->c.fd, error);
  context_->ev.data = this;
  context_->ev.addRead = Hooks::AddRead;
  context_->ev.delRead = Hooks::DelRead;
  context_->ev.addWrite = Hooks::AddWrite;
  context_->ev.delWrite = Hooks::DelWrite;
  context_->ev.cleanup = Hooks::Cleanup;
  redisAsyncSetConnectCallback(context_, Hooks::Connected);
}

void Link::Send(const std::vector<std::string>& argv, OnAnswer on_answer) {
  if (resolving_) {
    early_.push_back(Early{argv, std::move(on_answer)});
  } else if (!Transmit(argv, on_answer)) {
    Refuse(std::move(on_answer));
    return;
  }
  deadlines_.push_back(std::chrono::steady_clock::now() + target_.timeout);
  Watch();
}

bool Link::Transmit(const std::vector<std::string>& argv, OnAnswer& on_answer) {
  if (context_ == nullptr || closing_) {
    return false;
  }
  std::vector<const char*> words;
  std::vector<std::size_t> lengths;
  for (const std::string& word : argv) {
    words.push_back(word.data());
    lengths.push_back(word.size());
  }
  auto asked = std::make_unique<OnAnswer>(on_answer);
  if (redisAsyncCommandArgv(context_, Hooks::Replied, asked.get(), static_cast<int>(argv.size()),
                            words.data(), lengths.data()) != REDIS_OK) {
    return false;
  }
  // Hooks::Replied takes it back; hiredis calls it exactly once.
  static_cast<void>(asked.release());
  return true;
}

void Link::Refuse(OnAnswer on_answer) {
  asio::post(strand_, [on_answer = std::move(on_answer), cause = cause_] {
    on_answer(Answer::Lost(cause));
  });
}

void Link::Close(std::string cause) {
  if (closing_ || (context_ == nullptr && !resolving_)) {
    return;
  }
  closing_ = true;
  cause_ = std::move(cause);
  if (resolving_) {
    Lost();
  } else {
    redisAsyncFree(context_);
  }
}

void Link::Want(Direction direction) {
  Interest& interest = direction == Direction::kRead ? read_ : write_;
  interest.wanted = true;
  if (interest.pending) {
    return;
  }
  interest.pending = true;
  auto ready = [self = shared_from_this(), direction](const boost::system::error_code& error) {
    if (!error) {
      self->Ready(direction);
    }
  };
  if (direction == Direction::kRead) {
    socket_.async_wait(asio::posix::descriptor_base::wait_read,
                       asio::bind_executor(strand_, std::move(ready)));
  } else if (!connected_ || handling_write_) {
    socket_.async_wait(asio::posix::descriptor_base::wait_write,
                       asio::bind_executor(strand_, std::move(ready)));
  } else {
    // The socket takes it almost always: write at the end of this turn, and wait only if it did
    // not. Commands given in one turn travel together.
    asio::post(strand_, [ready = std::move(ready)] { ready(boost::system::error_code()); });
  }
}

void Link::Ready(Direction direction) {
  Interest& interest = direction == Direction::kRead ? read_ : write_;
  interest.pending = false;
  if (context_ == nullptr || !interest.wanted) {
    return;
  }
  Handle(direction);
  // Handling may have freed the context, or asked for more already.
  if (context_ != nullptr && interest.wanted && !interest.pending) {
    Want(direction);
  }
}

void Link::Handle(Direction direction) {
  if (direction == Direction::kRead) {
    redisAsyncHandleRead(context_);
    return;
  }
  handling_write_ = true;
  redisAsyncHandleWrite(context_);
  handling_write_ = false;
}

void Link::Lost() {
  context_ = nullptr;
  resolving_ = false;
  read_.wanted = false;
  write_.wanted = false;
  if (socket_.is_open()) {
    socket_.release();  // hiredis closes it next.
  }
  watchdog_.cancel();
  for (Early& early : std::exchange(early_, {})) {
    Refuse(std::move(early.on_answer));
  }
  if (on_lost_) {
    asio::post(strand_, [on_lost = std::exchange(on_lost_, nullptr),
                         loss = Loss{answered_, timed_out_, cause_}] { on_lost(loss); });
  }
}

void Link::Watch() {
  if (watching_ || deadlines_.empty()) {
    return;
  }
  // Answers come in order and all have the same time, so the first deadline is the next one.
  watching_ = true;
  watchdog_.expires_at(deadlines_.front());
  auto expired = [weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (self == nullptr) {
      return;
    }
    self->watching_ = false;
    if (error || self->closing_ || self->deadlines_.empty()) {
      return;
    }
    if (self->deadlines_.front() <= std::chrono::steady_clock::now()) {
      self->timed_out_ = true;
      self->Close("There was no answer in time.");
      return;
    }
    self->Watch();
  };
  watchdog_.async_wait(asio::bind_executor(strand_, std::move(expired)));
}

}  // namespace houbu::redis
