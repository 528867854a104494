#include "tools/bench/scenarios.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/civil.h"
#include "libs/rpc/wire.h"

#include "houbu/development/v1/echo.pb.h"
#include "houbu/development/v1/skip_locked.pb.h"
#include "houbu/payment/v1/payment.pb.h"
#include "houbu/slot/v1/slot.pb.h"

namespace houbu::bench {
namespace {

using nlohmann::json;

constexpr char kEcho[] = "/houbu.development.v1.EchoService/Echo";
constexpr char kSearch[] = "/houbu.slot.v1.CatalogueService/SearchJourneys";
constexpr char kBook[] = "/houbu.slot.v1.BookingService/CreateBooking";
constexpr char kStartPayment[] = "/houbu.payment.v1.PaymentService/StartPayment";
constexpr char kSkipLocked[] = "/houbu.development.v1.SkipLockedService/BookSeat";

Call CallOf(absl::string_view method, const google::protobuf::Message& request) {
  Call call;
  call.method = std::string(method);
  const grpc::Slice bytes(request.SerializeAsString());
  call.request = grpc::ByteBuffer(&bytes, 1);
  return call;
}

/// Gives its calls in their order, once or again and again.
class CallList final : public CallSource {
 public:
  enum class Repeats { kOnce, kForEver };

  CallList(std::vector<Call> calls, Repeats repeats)
      : calls_(std::move(calls)), repeats_(repeats) {}

  const Call* Next() override {
    if (next_ == calls_.size()) {
      if (repeats_ == Repeats::kOnce || calls_.empty()) return nullptr;
      next_ = 0;
    }
    return &calls_[next_++];
  }

 private:
  std::vector<Call> calls_;
  Repeats repeats_;
  std::size_t next_ = 0;
};

// The answer as a whole shall have so many bytes: a tag, a length and the payload.
Call EchoCall(int bytes, bool in_loop) {
  development::v1::EchoRequest request;
  const int length_bytes = bytes <= 1 + 1 + 127 ? 1 : bytes <= 1 + 2 + 16383 ? 2 : 3;
  request.set_payload_bytes(std::max(0, bytes - 1 - length_bytes));
  request.set_in_loop(in_loop);
  return CallOf(kEcho, request);
}

Call SearchCall(const json& wish) {
  slot::v1::SearchJourneysRequest request;
  request.set_origin(wish.at("origin").get<std::string>());
  request.set_destination(wish.at("destination").get<std::string>());
  const auto date = wish.at("date").get<std::string>();
  absl::CivilDay day;
  if (absl::ParseCivilTime(date, &day)) *request.mutable_date() = rpc::ToWire(day);
  return CallOf(kSearch, request);
}

}  // namespace

absl::StatusOr<std::unique_ptr<CallSource>> Scenarios::Make(const json& wish) {
  const auto scenario = wish.at("scenario").get<std::string>();
  std::vector<Call> calls;
  auto repeats = CallList::Repeats::kForEver;
  if (scenario == "echo") {
    calls.push_back(EchoCall(wish.at("bytes").get<int>(), wish.value("in_loop", false)));
  } else if (scenario == "search") {
    for (const json& search : wish.at("searches")) calls.push_back(SearchCall(search));
  } else if (scenario == "book") {
    calls = Bookings(wish);
    repeats = CallList::Repeats::kOnce;
  } else if (scenario == "start_payments") {
    calls = Payments(wish);
    repeats = CallList::Repeats::kOnce;
  } else if (scenario == "skip_locked") {
    calls = Seats(wish);
    repeats = CallList::Repeats::kOnce;
  } else {
    return absl::InvalidArgumentError(absl::StrCat("there is no scenario ", scenario));
  }
  return std::make_unique<CallList>(std::move(calls), repeats);
}

std::vector<Call> Scenarios::Bookings(const json& wish) {
  struct Train {
    std::string run;
    std::vector<std::string> stations;
  };
  std::vector<Train> trains;
  for (const json& route : wish.at("routes")) {
    const auto stations = route.at("stations").get<std::vector<std::string>>();
    for (const json& run : route.at("runs")) trains.push_back({run.get<std::string>(), stations});
  }
  const int trip = wish.at("trip").get<int>();
  std::vector<Call> calls;
  for (int left = wish.at("calls").get<int>(); left > 0; --left) {
    const int account = Below(wish.at("accounts").get<int>());
    const Train& train = trains[static_cast<std::size_t>(Below(static_cast<int>(trains.size())))];
    const int from = Below(static_cast<int>(train.stations.size()) - trip);
    slot::v1::CreateBookingRequest request;
    request.set_request_id(RequestId());
    request.set_run(train.run);
    request.set_class_code(wish.at("class").get<std::string>());
    request.set_from(train.stations[static_cast<std::size_t>(from)]);
    request.set_to(train.stations[static_cast<std::size_t>(from + trip)]);
    request.set_destination_country(wish.value("destination_country", ""));
    *request.mutable_statement() = accounts_.StatementFor(account);
    calls.push_back(CallOf(kBook, request));
    calls.back().authorization = accounts_.Authorization(account);
  }
  return calls;
}

std::vector<Call> Scenarios::Payments(const json& wish) {
  std::vector<Call> calls;
  for (const json& one : wish.at("payments")) {
    payment::v1::StartPaymentRequest request;
    request.set_request_id(RequestId());
    request.set_name(one.at(0).get<std::string>());
    request.set_channel(payment::v1::CHANNEL_SANDBOX);
    calls.push_back(CallOf(kStartPayment, request));
    calls.back().authorization = accounts_.AuthorizationOf(one.at(1).get<std::string>());
  }
  return calls;
}

std::vector<Call> Scenarios::Seats(const json& wish) {
  const auto runs = wish.at("runs").get<std::vector<std::string>>();
  const int trip = wish.at("trip").get<int>();
  std::vector<Call> calls;
  for (int left = wish.at("calls").get<int>(); left > 0; --left) {
    const int from = Below(wish.at("legs").get<int>() - trip + 1);
    development::v1::BookSeatRequest request;
    request.set_request_id(RequestId());
    request.set_run(runs[static_cast<std::size_t>(Below(static_cast<int>(runs.size())))]);
    request.set_from_leg(from);
    request.set_to_leg(from + trip);
    request.set_connections(wish.at("connections").get<int>());
    request.set_one_statement(wish.value("one_statement", false));
    calls.push_back(CallOf(kSkipLocked, request));
    calls.back().authorization = accounts_.Authorization(Below(wish.at("accounts").get<int>()));
  }
  return calls;
}

int Scenarios::Below(int limit) {
  return std::uniform_int_distribution<int>(0, limit - 1)(random_);
}

std::string Scenarios::RequestId() {
  return absl::StrCat(absl::Hex(random_(), absl::kZeroPad16),
                      absl::Hex(random_(), absl::kZeroPad16));
}

}  // namespace houbu::bench
