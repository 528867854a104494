#include "tools/bench/generator.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

#include "libs/base/clock.h"
#include "libs/base/refusal.h"
#include "libs/base/text.h"
#include "libs/rpc/channel.h"
#include "libs/rpc/status.h"

namespace houbu::bench {
namespace {

using Moment = std::chrono::steady_clock::time_point;

constexpr absl::Duration kPatience = absl::Seconds(30);

Moment Now() { return std::chrono::steady_clock::now(); }

std::string ReasonFor(const grpc::Status& outcome) {
  const absl::Status status = rpc::FromWire(outcome);
  const absl::string_view reason = ReasonOf(status);
  return std::string(ToStd(reason.empty() ? rpc::CodeName(status.code()) : reason));
}

/// One call under way; its address is its tag.
struct Flight {
  grpc::ClientContext context;
  grpc::ByteBuffer response;
  grpc::Status outcome;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> reader;
  Moment intended;  // when it should have started
};

}  // namespace

/// A slice while it runs.
class Generator::Running final {
 public:
  Running(Generator& generator, const Slice& slice, CallSource& source)
      : generator_(generator), slice_(slice), source_(source), begin_(Now()) {
    counted_from_ = begin_ + absl::ToChronoNanoseconds(slice.warm_up);
    end_ = counted_from_ + absl::ToChronoNanoseconds(slice.length);
    if (open()) gap_ = absl::ToChronoNanoseconds(absl::Seconds(1 / slice.per_second));
  }

  SliceReport Run() {
    for (;;) {
      StartDue();
      if (under_way_ == 0 && done_starting_) break;
      void* tag = nullptr;
      bool is_whole = false;
      const auto event = generator_.queue_.AsyncNext(&tag, &is_whole, WakeTime());
      if (event == grpc::CompletionQueue::GOT_EVENT) Land(static_cast<Flight*>(tag));
    }
    const Moment until = ran_dry_ < end_ ? std::max(ran_dry_, counted_from_) : end_;
    report_.length = absl::FromChrono(until - counted_from_);
    return std::move(report_);
  }

 private:
  bool open() const { return slice_.per_second > 0; }

  Moment Intended() const { return begin_ + gap_ * started_; }

  // Starts what is to be under way by now.
  void StartDue() {
    while (!done_starting_ && under_way_ < slice_.in_flight) {
      const Moment now = Now();
      const Moment intended = open() ? Intended() : now;
      if (intended >= end_) {
        done_starting_ = true;
        return;
      }
      if (intended > now) return;
      const Call* call = source_.Next();
      if (call == nullptr) {
        done_starting_ = true;
        report_.ran_out = true;
        ran_dry_ = now;
        return;
      }
      Start(*call, intended);
    }
  }

  void Start(const Call& call, Moment intended) {
    auto flight = std::make_unique<Flight>();
    flight->intended = intended;
    flight->context.set_deadline(absl::ToChronoTime(SystemClock().Now() + kPatience));
    if (!call.authorization.empty()) {
      flight->context.AddMetadata("authorization", call.authorization);
    }
    auto& stubs = generator_.stubs_;
    grpc::GenericStub& stub = *stubs[static_cast<std::size_t>(started_) % stubs.size()];
    flight->reader =
        stub.PrepareUnaryCall(&flight->context, call.method, call.request, &generator_.queue_);
    flight->reader->StartCall();
    Flight* tag = flight.release();  // comes back as a tag
    tag->reader->Finish(&tag->response, &tag->outcome, tag);
    ++started_;
    ++under_way_;
  }

  // When to look again without an event: when the next call is to start.
  std::chrono::system_clock::time_point WakeTime() const {
    const absl::Time now = SystemClock().Now();
    if (!open() || done_starting_ || under_way_ >= slice_.in_flight) {
      return absl::ToChronoTime(now + kPatience);
    }
    return absl::ToChronoTime(now + absl::FromChrono(Intended() - Now()));
  }

  void Land(Flight* tag) {
    const std::unique_ptr<Flight> flight(tag);
    --under_way_;
    const Moment now = Now();
    const Moment counts_at = open() ? flight->intended : now;
    if (counts_at < counted_from_ || counts_at >= end_) return;
    report_.latencies.Add(absl::FromChrono(now - flight->intended));
    if (flight->outcome.ok()) {
      ++report_.succeeded;
      report_.answer_bytes += static_cast<std::int64_t>(flight->response.Length());
    } else {
      ++report_.failures[ReasonFor(flight->outcome)];
    }
  }

  Generator& generator_;
  const Slice slice_;
  CallSource& source_;
  const Moment begin_;
  Moment counted_from_;
  Moment end_;
  Moment ran_dry_ = Moment::max();
  std::chrono::nanoseconds gap_{0};
  std::int64_t started_ = 0;
  int under_way_ = 0;
  bool done_starting_ = false;
  SliceReport report_;
};

Generator::Generator(const std::string& target, const rpc::Tls& tls, int connections) {
  for (int i = 0; i < connections; ++i) {
    const rpc::Channel channel(target, tls, "");
    stubs_.push_back(std::make_unique<grpc::GenericStub>(channel.grpc_channel()));
  }
}

Generator::~Generator() {
  queue_.Shutdown();
  void* tag = nullptr;
  bool is_whole = false;
  while (queue_.Next(&tag, &is_whole)) {
  }
}

SliceReport Generator::Run(const Slice& slice, CallSource& source) {
  return Running(*this, slice, source).Run();
}

}  // namespace houbu::bench
