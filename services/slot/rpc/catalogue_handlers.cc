#include "services/slot/rpc/catalogue_handlers.h"

#include <string>
#include <utility>
#include <vector>

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "libs/rpc/validate.h"
#include "libs/rpc/wire.h"
#include "services/slot/rpc/parse.h"
#include "services/slot/rpc/render.h"
#include "services/slot/rpc/render_catalogue.h"

namespace houbu::slot {
namespace {

using async::Task;

constexpr int kPlaceCharactersMax = 100;
constexpr int kCodeCharactersMax = 64;
constexpr rpc::PageLimits kJourneyPages{.size_default = 100, .size_max = 500};

// What a page token is good for: the same search only.
std::string ListKey(const v1::SearchJourneysRequest& request) {
  v1::SearchJourneysRequest filter = request;
  filter.clear_page_size();
  filter.clear_page_token();
  return filter.SerializeAsString();
}

}  // namespace

grpc::ServerUnaryReactor* CatalogueHandlers::SearchJourneys(
    grpc::CallbackServerContext* context, const v1::SearchJourneysRequest* request,
    v1::SearchJourneysResponse* response) {
  return seam_.Run(context, request, response, this, &CatalogueHandlers::Journeys);
}

grpc::ServerUnaryReactor* CatalogueHandlers::SearchWindows(grpc::CallbackServerContext* context,
                                                           const v1::SearchWindowsRequest* request,
                                                           v1::SearchWindowsResponse* response) {
  return seam_.Run(context, request, response, this, &CatalogueHandlers::Windows);
}

grpc::ServerUnaryReactor* CatalogueHandlers::GetRun(grpc::CallbackServerContext* context,
                                                    const v1::GetRunRequest* request,
                                                    v1::Run* response) {
  return seam_.Run(context, request, response, this, &CatalogueHandlers::Get);
}

Task<v1::SearchJourneysResponse> CatalogueHandlers::Journeys(
    const rpc::Call&, const v1::SearchJourneysRequest& request) {
  Violations violations;
  JourneyQuery query;
  rpc::RequireText(violations, "origin", request.origin(), kPlaceCharactersMax);
  rpc::RequireText(violations, "destination", request.destination(), kPlaceCharactersMax);
  if (!request.origin().empty() && request.origin() == request.destination()) {
    violations.Add("destination", "must differ from origin");
  }
  query.origin = request.origin();
  query.destination = request.destination();
  query.day = rpc::RequireDate(violations, "date", request.has_date(), request.date());
  const int size = rpc::PageSize(violations, request.page_size(), kJourneyPages);
  const std::string key = ListKey(request);
  query.after = rpc::DecodePageToken(violations, key, request.page_token());
  query.limit = size;
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const JourneyPage page,
                      co_await use_cases_.journeys.Search(std::move(query)));
  v1::SearchJourneysResponse response;
  for (const JourneyOffer& offer : page.journeys) *response.add_journeys() = Render(offer);
  if (page.more) {
    response.set_next_page_token(rpc::EncodePageToken(key, page.journeys.back().position));
  }
  co_return response;
}

Task<v1::SearchWindowsResponse> CatalogueHandlers::Windows(
    const rpc::Call&, const v1::SearchWindowsRequest& request) {
  Violations violations;
  rpc::RequireText(violations, "station", request.station(), kPlaceCharactersMax);
  rpc::RequireText(violations, "class_code", request.class_code(), kCodeCharactersMax);
  const absl::CivilDay day =
      rpc::RequireDate(violations, "date", request.has_date(), request.date());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  CO_RETURN_IF_ERROR(co_await use_cases_.journeys.RequirePlace(request.station()));
  const absl::Time now = use_cases_.clock.Now();
  ASSIGN_OR_CO_RETURN(
      const WindowDay found,
      co_await use_cases_.windows.Find(request.station(), request.class_code(), day, now));
  v1::SearchWindowsResponse response;
  for (const WindowOffer& offer : found.windows) *response.add_windows() = Render(offer);
  response.set_sold_out(found.sold_out);
  for (const WindowOffer& offer : found.alternatives) {
    *response.add_alternatives() = Render(offer);
  }
  co_return response;
}

Task<v1::Run> CatalogueHandlers::Get(const rpc::Call&, const v1::GetRunRequest& request) {
  Violations violations;
  RunId id = ParseRunName(violations, "name", request.name());
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const RunOffer offer, co_await use_cases_.journeys.Get(std::move(id)));
  co_return Render(offer);
}

}  // namespace houbu::slot
