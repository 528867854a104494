#include "services/payment/rpc/ledger_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "services/payment/rpc/parse.h"
#include "services/payment/rpc/render.h"

namespace houbu::payment {
namespace {

// What a page token of CheckBooks belongs to.
constexpr absl::string_view kBooksToken = "books";

}  // namespace

grpc::ServerUnaryReactor* LedgerHandlers::GetTrialBalance(grpc::CallbackServerContext* context,
                                                          const v1::GetTrialBalanceRequest* request,
                                                          v1::TrialBalance* response) {
  return seam_.Run(context, request, response, this, &LedgerHandlers::Sum);
}

grpc::ServerUnaryReactor* LedgerHandlers::CheckBooks(grpc::CallbackServerContext* context,
                                                     const v1::CheckBooksRequest* request,
                                                     v1::CheckBooksResponse* response) {
  return seam_.Run(context, request, response, this, &LedgerHandlers::Check);
}

grpc::ServerUnaryReactor* LedgerHandlers::GetBooks(grpc::CallbackServerContext* context,
                                                   const v1::GetBooksRequest* request,
                                                   v1::Books* response) {
  return seam_.Run(context, request, response, this, &LedgerHandlers::Show);
}

Task<v1::CheckBooksResponse> LedgerHandlers::Check(const rpc::Call&,
                                                   const v1::CheckBooksRequest& request) {
  Violations violations;
  const int size = rpc::PageSize(violations, request.page_size());
  std::string after = rpc::DecodePageToken(violations, kBooksToken, request.page_token());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const std::vector<PaymentBooks> page,
                      co_await lookup_.Books(std::move(after), size));
  v1::CheckBooksResponse response;
  for (const PaymentBooks& books : page) {
    const std::vector<std::string> faults = FaultsIn(books);
    if (faults.empty()) continue;
    v1::CheckBooksResponse::Fault& found = *response.add_faults();
    found.set_payment(NameOf(books.payment.id));
    for (const std::string& fault : faults) found.add_faults(fault);
  }
  response.set_payments(static_cast<int>(page.size()));
  if (static_cast<int>(page.size()) == size) {
    const std::string& last = page.back().payment.id.value();
    response.set_next_page_token(rpc::EncodePageToken(kBooksToken, last));
  }
  co_return response;
}

Task<v1::Books> LedgerHandlers::Show(const rpc::Call&, const v1::GetBooksRequest& request) {
  Violations violations;
  PaymentId id = ParsePaymentName(violations, "name", request.name());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const PaymentBooks books, co_await lookup_.BooksOf(std::move(id)));
  co_return Render(books);
}

Task<v1::TrialBalance> LedgerHandlers::Sum(const rpc::Call&, const v1::GetTrialBalanceRequest&) {
  ASSIGN_OR_CO_RETURN(const TrialSums sums, co_await lookup_.Sums());
  co_return Render(sums);
}

}  // namespace houbu::payment
