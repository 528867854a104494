/// houbu.slot.v1.BookingService.
#pragma once

#include "libs/async/task.h"
#include "libs/rpc/seam.h"
#include "services/slot/app/booking_creation.h"
#include "services/slot/app/booking_lookup.h"
#include "services/slot/app/cancellation.h"
#include "services/slot/app/rebooking.h"

#include "houbu/slot/v1/slot.grpc.pb.h"

namespace houbu::slot {

/// Answers for bookings.
class BookingHandlers final : public v1::BookingService::CallbackService {
 public:
  /// What the handlers call; everything must outlive them.
  struct UseCases {
    BookingCreation& creation;
    BookingLookup& lookup;
    Cancellation& cancellation;
    Rebooking& rebooking;
  };
  BookingHandlers(rpc::Seam& seam, UseCases use_cases) : seam_(seam), use_cases_(use_cases) {}

  grpc::ServerUnaryReactor* CreateBooking(grpc::CallbackServerContext* context,
                                          const v1::CreateBookingRequest* request,
                                          v1::Booking* response) override;
  grpc::ServerUnaryReactor* GetBooking(grpc::CallbackServerContext* context,
                                       const v1::GetBookingRequest* request,
                                       v1::Booking* response) override;
  grpc::ServerUnaryReactor* ListBookings(grpc::CallbackServerContext* context,
                                         const v1::ListBookingsRequest* request,
                                         v1::ListBookingsResponse* response) override;
  grpc::ServerUnaryReactor* CancelBooking(grpc::CallbackServerContext* context,
                                          const v1::CancelBookingRequest* request,
                                          v1::Booking* response) override;
  grpc::ServerUnaryReactor* PreviewRebooking(grpc::CallbackServerContext* context,
                                             const v1::PreviewRebookingRequest* request,
                                             v1::RebookingPreview* response) override;
  grpc::ServerUnaryReactor* RebookBooking(grpc::CallbackServerContext* context,
                                          const v1::RebookBookingRequest* request,
                                          v1::Booking* response) override;

 private:
  async::Task<v1::Booking> Create(const rpc::Call& call, const v1::CreateBookingRequest& request);
  async::Task<v1::Booking> Get(const rpc::Call& call, const v1::GetBookingRequest& request);
  async::Task<v1::ListBookingsResponse> List(const rpc::Call& call,
                                             const v1::ListBookingsRequest& request);
  async::Task<v1::Booking> Cancel(const rpc::Call& call, const v1::CancelBookingRequest& request);
  async::Task<v1::RebookingPreview> Preview(const rpc::Call& call,
                                            const v1::PreviewRebookingRequest& request);
  async::Task<v1::Booking> Rebook(const rpc::Call& call, const v1::RebookBookingRequest& request);

  rpc::Seam& seam_;
  UseCases use_cases_;
};

}  // namespace houbu::slot
