#include "libs/rpc/stream.h"

#include <chrono>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "libs/base/status_macros.h"

namespace houbu::rpc {

/// Where gRPC's thread leaves word for the coroutine. It may do so when the coroutine has stopped
/// waiting, and what it posts may run when the reactor is gone: shared, and used on the coroutine's
/// strand only.
struct StreamLife::Mailbox {
  explicit Mailbox(const boost::asio::any_io_executor& on) : executor(on), arrival(on) {
    arrival.expires_at(std::chrono::steady_clock::time_point::max());
  }

  const boost::asio::any_io_executor executor;
  boost::asio::steady_timer arrival;  // Cancelled when there is word.
  bool is_reading = false;
  bool has_message = false;
};

const MethodRule* StreamLife::RuleOf(const Seam& seam,
                                     const google::protobuf::Descriptor* request) {
  return seam.access_.Find(request);
}

StreamLife::StreamLife(const Seam& seam, const MethodRule& rule,
                       grpc::CallbackServerContext& context)
    : CallLife(seam.executor_, rule, seam.metrics_, seam.observer_),
      seam_(seam),
      context_(context) {}

void StreamLife::Begin(const std::function<async::Task<void>(const Call&)>& work) {
  const absl::Status admitted = seam_.Admit(rule(), context_, call());
  if (admitted.ok()) {
    Start(work);
  } else {
    Answer(admitted);
  }
}

async::Task<bool> StreamLife::Read() {
  if (mailbox_ == nullptr) {
    const boost::asio::any_io_executor executor = co_await boost::asio::this_coro::executor;
    mailbox_ = std::make_shared<Mailbox>(executor);
  }
  const std::shared_ptr<Mailbox> mailbox = mailbox_;
  // Still out: an earlier wait for it was cancelled, and gRPC takes one read at a time.
  if (mailbox->is_reading) co_return absl::CancelledError("the stream was given up");
  mailbox->is_reading = true;
  StartReading();
  const auto [waited] =
      co_await mailbox->arrival.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
  static_cast<void>(waited);
  if (mailbox->is_reading) co_return absl::CancelledError("the stream was given up");
  if (!mailbox->has_message) {
    // gRPC tells of the end of the stream and of the end of the caller in the same way.
    if (context_.IsCancelled()) co_return absl::CancelledError("the caller is gone");
    co_return false;
  }
  seam_.metrics_.Streamed(rule().service, rule().method);
  if (is_first_) {
    absl::Status taken = TakeFirst();
    if (!taken.ok()) co_return taken;
  }
  co_return true;
}

absl::Status StreamLife::TakeFirst() {
  is_first_ = false;
  return seam_.Identify(rule(), message(), call().request_key);
}

absl::StatusOr<RequestKey> StreamLife::KeyOf(const google::protobuf::Message& whole) const {
  RequestKey key = call().request_key;
  RETURN_IF_ERROR(seam_.Identify(rule(), whole, key));
  return key;
}

void StreamLife::OnRead(bool has_message) {
  // The mailbox is there: who asked for the message made it. The strand keeps the order of posts.
  boost::asio::post(mailbox_->executor, [mailbox = mailbox_, has_message] {
    mailbox->is_reading = false;
    mailbox->has_message = has_message;
    mailbox->arrival.cancel();
  });
}

}  // namespace houbu::rpc
