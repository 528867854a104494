/// The baseline behind the same seam as slot's own methods.
#pragma once

#include <map>
#include <memory>

#include "libs/base/clock.h"
#include "libs/base/id.h"
#include "libs/postgres/pool.h"
#include "libs/rpc/seam.h"
#include "tools/bench/server/seat_table.h"

#include "houbu/development/v1/skip_locked.grpc.pb.h"

namespace houbu::bench {

/// Serves houbu.development.v1.SkipLockedService.
class SkipLockedHandlers final : public development::v1::SkipLockedService::CallbackService {
 public:
  /// What the handlers work with; everything must outlive them.
  struct Tools {
    rpc::Seam& seam;
    const Clock& clock;
    IdSource& ids;
    boost::asio::any_io_executor executor;
    postgres::PoolOptions database;  ///< Its size is replaced by what a call asks for.
  };

  explicit SkipLockedHandlers(Tools tools) : tools_(std::move(tools)) {}

  /// Books the first seat that is free.
  grpc::ServerUnaryReactor* BookSeat(grpc::CallbackServerContext* context,
                                     const development::v1::BookSeatRequest* request,
                                     development::v1::BookSeatResponse* response) override;

 private:
  /// The connections that all calls asking for as many share.
  struct Seats {
    Seats(const boost::asio::any_io_executor& executor, const postgres::PoolOptions& options)
        : pool(executor, options), table(pool) {}
    postgres::Pool pool;
    SeatTable table;
  };

  async::Task<development::v1::BookSeatResponse> Book(
      const rpc::Call& call, const development::v1::BookSeatRequest& request);
  SeatTable& TableWith(int connections);

  Tools tools_;
  std::map<int, std::unique_ptr<Seats>> seats_;  // by connections; used by the event loop only
};

}  // namespace houbu::bench
