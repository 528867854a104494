#include "services/slot/rpc/booking_handlers.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/slot/rpc/parse.h"
#include "services/slot/rpc/render.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kReasonCharactersMax = 200;

Mutation<Booking> AnswerWithBooking(const rpc::Call& call) {
  Mutation<Booking> mutation;
  mutation.key = call.request_key;
  mutation.render = RenderBookingBytes;
  return mutation;
}

// What a page token is good for: the same parent and filter only.
std::string ListKey(const v1::ListBookingsRequest& request) {
  v1::ListBookingsRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  return filter.SerializeAsString();
}

}  // namespace

grpc::ServerUnaryReactor* BookingHandlers::CreateBooking(grpc::CallbackServerContext* context,
                                                         const v1::CreateBookingRequest* request,
                                                         v1::Booking* response) {
  return seam_.Run(context, request, response, this, &BookingHandlers::Create);
}

grpc::ServerUnaryReactor* BookingHandlers::GetBooking(grpc::CallbackServerContext* context,
                                                      const v1::GetBookingRequest* request,
                                                      v1::Booking* response) {
  return seam_.Run(context, request, response, this, &BookingHandlers::Get);
}

grpc::ServerUnaryReactor* BookingHandlers::ListBookings(grpc::CallbackServerContext* context,
                                                        const v1::ListBookingsRequest* request,
                                                        v1::ListBookingsResponse* response) {
  return seam_.Run(context, request, response, this, &BookingHandlers::List);
}

grpc::ServerUnaryReactor* BookingHandlers::CancelBooking(grpc::CallbackServerContext* context,
                                                         const v1::CancelBookingRequest* request,
                                                         v1::Booking* response) {
  return seam_.Run(context, request, response, this, &BookingHandlers::Cancel);
}

grpc::ServerUnaryReactor* BookingHandlers::PreviewRebooking(
    grpc::CallbackServerContext* context, const v1::PreviewRebookingRequest* request,
    v1::RebookingPreview* response) {
  return seam_.Run(context, request, response, this, &BookingHandlers::Preview);
}

grpc::ServerUnaryReactor* BookingHandlers::RebookBooking(grpc::CallbackServerContext* context,
                                                         const v1::RebookBookingRequest* request,
                                                         v1::Booking* response) {
  return seam_.Run(context, request, response, this, &BookingHandlers::Rebook);
}

Task<v1::Booking> BookingHandlers::Create(const rpc::Call& call,
                                          const v1::CreateBookingRequest& request) {
  Violations violations;
  BookingWish wish = ParseBookingWish(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  wish.origin = OriginOf(call);
  Mutation<Booking> mutation = AnswerWithBooking(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await use_cases_.creation.Create(std::move(wish), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Booking>(answer);
}

Task<v1::Booking> BookingHandlers::Get(const rpc::Call& call,
                                       const v1::GetBookingRequest& request) {
  Violations violations;
  BookingId id = ParseBookingName(violations, "name", request.name());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const Booking booking,
                      co_await use_cases_.lookup.Get(call.caller.account, std::move(id)));
  co_return Render(booking);
}

Task<v1::ListBookingsResponse> BookingHandlers::List(const rpc::Call& call,
                                                     const v1::ListBookingsRequest& request) {
  Violations violations;
  BookingFilter filter = ParseFilter(violations, request);
  const std::string key = ListKey(request);
  filter.before = rpc::DecodePageToken(violations, key, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  if (filter.account != call.caller.account) co_return Refuse(kBookingNotFound);
  const int size = filter.limit++;
  ASSIGN_OR_CO_RETURN(const std::vector<Booking> bookings,
                      co_await use_cases_.lookup.List(std::move(filter)));
  v1::ListBookingsResponse response;
  for (const Booking& booking : bookings) {
    if (response.bookings_size() == size) {
      const Booking& last = bookings[static_cast<std::size_t>(size) - 1];
      response.set_next_page_token(rpc::EncodePageToken(key, last.id.value()));
      break;
    }
    *response.add_bookings() = Render(booking);
  }
  co_return response;
}

Task<v1::Booking> BookingHandlers::Cancel(const rpc::Call& call,
                                          const v1::CancelBookingRequest& request) {
  Violations violations;
  CancellationWish wish;
  wish.booking = ParseBookingName(violations, "name", request.name());
  rpc::RequireText(violations, "reason", request.reason(), kReasonCharactersMax);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  wish.reason = request.reason();
  wish.origin = OriginOf(call);
  Mutation<Booking> mutation = AnswerWithBooking(call);
  ASSIGN_OR_CO_RETURN(const std::string answer, co_await use_cases_.cancellation.Cancel(
                                                    std::move(wish), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Booking>(answer);
}

Task<v1::RebookingPreview> BookingHandlers::Preview(const rpc::Call& call,
                                                    const v1::PreviewRebookingRequest& request) {
  Violations violations;
  BookingId id = ParseBookingName(violations, "name", request.name());
  std::optional<absl::CivilDay> day;
  if (request.has_date()) day = rpc::RequireDate(violations, "date", true, request.date());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const RebookingPreview preview,
                      co_await use_cases_.rebooking.Preview(OriginOf(call), std::move(id), day));
  co_return Render(preview);
}

Task<v1::Booking> BookingHandlers::Rebook(const rpc::Call& call,
                                          const v1::RebookBookingRequest& request) {
  Violations violations;
  RebookingWish wish;
  wish.booking = ParseBookingName(violations, "name", request.name());
  wish.run = ParseRunName(violations, "run", request.run());
  wish.statement = ParseStatement(violations, request.has_statement(), request.statement());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  wish.origin = OriginOf(call);
  Mutation<Booking> mutation = AnswerWithBooking(call);
  ASSIGN_OR_CO_RETURN(const std::string answer,
                      co_await use_cases_.rebooking.Rebook(std::move(wish), std::move(mutation)));
  co_return rpc::ParseAnswer<v1::Booking>(answer);
}

}  // namespace houbu::slot
