#include "tools/bench/server/skip_locked_handlers.h"

#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::bench {
namespace {

using async::Task;

constexpr int kLegMax = 62;
constexpr int kConnectionsMax = 250;

std::int64_t MaskOf(int from, int to) { return ((std::int64_t{1} << (to - from)) - 1) << from; }

}  // namespace

grpc::ServerUnaryReactor* SkipLockedHandlers::BookSeat(
    grpc::CallbackServerContext* context, const development::v1::BookSeatRequest* request,
    development::v1::BookSeatResponse* response) {
  return tools_.seam.Run(context, request, response, this, &SkipLockedHandlers::Book);
}

Task<development::v1::BookSeatResponse> SkipLockedHandlers::Book(
    const rpc::Call& call, const development::v1::BookSeatRequest& request) {
  Violations violations;
  if (request.run().rfind("runs/", 0) != 0) violations.Add("run", "must be runs/{run}");
  if (request.from_leg() < 0 || request.to_leg() > kLegMax ||
      request.from_leg() >= request.to_leg()) {
    violations.Add("to_leg", "must be after from_leg and at most 62");
  }
  if (request.connections() < 1 || request.connections() > kConnectionsMax) {
    violations.Add("connections", "must be from 1 to 250");
  }
  CO_RETURN_IF_ERROR(violations.ToStatus());
  SeatWish wish;
  wish.key = call.request_key;
  wish.booking = tools_.ids.Next("sl");
  wish.run = request.run().substr(5);
  wish.legs = MaskOf(request.from_leg(), request.to_leg());
  wish.now = tools_.clock.Now();
  SeatTable& table = TableWith(request.connections());
  auto booking =
      request.one_statement() ? table.BookAtOnce(std::move(wish)) : table.Book(std::move(wish));
  ASSIGN_OR_CO_RETURN(const BookedSeat seat, co_await std::move(booking));
  development::v1::BookSeatResponse response;
  response.set_booking(seat.booking);
  response.set_unit(seat.unit);
  co_return response;
}

SeatTable& SkipLockedHandlers::TableWith(int connections) {
  std::unique_ptr<Seats>& seats = seats_[connections];
  if (seats == nullptr) {
    postgres::PoolOptions options = tools_.database;
    options.size = connections;
    seats = std::make_unique<Seats>(tools_.executor, options);
  }
  return seats->table;
}

}  // namespace houbu::bench
