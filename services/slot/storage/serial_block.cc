#include "services/slot/storage/serial_block.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "libs/async/status_macros.h"

namespace houbu::slot {
namespace {

using async::Task;
using postgres::Parameters;

constexpr std::size_t kBlock = 512;

constexpr char kNextSerials[] =
    "SELECT nextval('booking_numbers') AS serial FROM generate_series(1, $1::int)";

postgres::GroupCommitOptions OneAtATime() {
  postgres::GroupCommitOptions options;
  options.lanes = 1;
  return options;
}

std::optional<std::int64_t> TakeFirst(std::deque<std::int64_t>& numbers) {
  if (numbers.empty()) return std::nullopt;
  const std::int64_t first = numbers.front();
  numbers.pop_front();
  return first;
}

}  // namespace

SerialBlock::SerialBlock(postgres::Pool& pool)
    : pool_(pool), refill_(pool.executor(), OneAtATime(), [this](std::vector<Asked> asked) {
        return Give(asked.size());
      }) {}

Task<std::int64_t> SerialBlock::Next() {
  const std::optional<std::int64_t> kept = numbers_.With(TakeFirst);
  if (kept.has_value()) co_return *kept;
  const Asked asked;
  co_return co_await refill_.Submit(asked);
}

Task<std::vector<absl::StatusOr<std::int64_t>>> SerialBlock::Give(std::size_t count) {
  Parameters params;
  params.Add(static_cast<std::int64_t>(std::max(count, kBlock)));
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(kNextSerials, std::move(params)));
  std::vector<absl::StatusOr<std::int64_t>> given;
  std::deque<std::int64_t> left;
  for (int i = 0; i < rows.rows(); ++i) {
    const std::int64_t serial = rows.row(i).Int64("serial");
    if (given.size() < count) {
      given.emplace_back(serial);
    } else {
      left.push_back(serial);
    }
  }
  numbers_.With(
      [&left](Numbers& numbers) { numbers.insert(numbers.end(), left.begin(), left.end()); });
  co_return given;
}

}  // namespace houbu::slot
