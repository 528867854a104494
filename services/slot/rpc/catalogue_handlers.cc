#include "services/slot/rpc/catalogue_handlers.h"

#include <utility>

#include "libs/async/status_macros.h"
#include "libs/rpc/page.h"
#include "services/slot/rpc/parse.h"
#include "services/slot/rpc/parse_search.h"
#include "services/slot/rpc/render_catalogue.h"

namespace houbu::slot {
namespace {

using async::Task;

void Fill(const v1::SearchJourneysRequest& request, const JourneyPage& page,
          v1::SearchJourneysResponse& response) {
  Render(page, response);
  if (page.more) {
    response.set_next_page_token(rpc::EncodePageToken(ListKeyOf(request), page.position));
  }
}

}  // namespace

CatalogueHandlers::CatalogueHandlers(rpc::Seam& seam, UseCases use_cases)
    : seam_(seam), use_cases_(use_cases) {
  SetMessageAllocatorFor_SearchJourneys(&journeys_messages_);
  SetMessageAllocatorFor_SearchWindows(&windows_messages_);
}

grpc::ServerUnaryReactor* CatalogueHandlers::SearchJourneys(
    grpc::CallbackServerContext* context, const v1::SearchJourneysRequest* request,
    v1::SearchJourneysResponse* response) {
  return seam_.RunAtOnce(context, request, response, this, &CatalogueHandlers::JourneysAtOnce,
                         &CatalogueHandlers::Journeys);
}

grpc::ServerUnaryReactor* CatalogueHandlers::SearchWindows(grpc::CallbackServerContext* context,
                                                           const v1::SearchWindowsRequest* request,
                                                           v1::SearchWindowsResponse* response) {
  return seam_.RunAtOnce(context, request, response, this, &CatalogueHandlers::WindowsAtOnce,
                         &CatalogueHandlers::Windows);
}

grpc::ServerUnaryReactor* CatalogueHandlers::GetRun(grpc::CallbackServerContext* context,
                                                    const v1::GetRunRequest* request,
                                                    v1::Run* response) {
  return seam_.Run(context, request, response, this, &CatalogueHandlers::Get);
}

std::optional<absl::Status> CatalogueHandlers::JourneysAtOnce(
    const rpc::Call&, const v1::SearchJourneysRequest& request,
    v1::SearchJourneysResponse& response) {
  Violations violations;
  const JourneyQuery query = ParseSearch(violations, request);
  if (!violations.empty()) return violations.ToStatus();
  const absl::StatusOr<JourneyPage> page = use_cases_.journeys.Look(query);
  // A place imported a moment ago, or runs that are not kept in memory.
  if (!page.ok() || !page->unknown.empty()) return std::nullopt;
  Fill(request, *page, response);
  return absl::OkStatus();
}

Task<v1::SearchJourneysResponse> CatalogueHandlers::Journeys(
    const rpc::Call&, const v1::SearchJourneysRequest& request) {
  Violations violations;
  JourneyQuery query = ParseSearch(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  ASSIGN_OR_CO_RETURN(const JourneyPage page,
                      co_await use_cases_.journeys.Search(std::move(query)));
  v1::SearchJourneysResponse response;
  Fill(request, page, response);
  co_return response;
}

std::optional<absl::Status> CatalogueHandlers::WindowsAtOnce(
    const rpc::Call&, const v1::SearchWindowsRequest& request,
    v1::SearchWindowsResponse& response) {
  Violations violations;
  const WindowQuery query = ParseSearch(violations, request);
  if (!violations.empty()) return violations.ToStatus();
  const std::optional<WindowDay> found = use_cases_.windows.Look(query, use_cases_.clock.Now());
  // Without windows it may be a station that nobody knows.
  if (!found.has_value() || found->windows.empty()) return std::nullopt;
  Render(*found, response);
  return absl::OkStatus();
}

Task<v1::SearchWindowsResponse> CatalogueHandlers::Windows(
    const rpc::Call&, const v1::SearchWindowsRequest& request) {
  Violations violations;
  const WindowQuery query = ParseSearch(violations, request);
  CO_RETURN_IF_ERROR(violations.ToStatus());
  CO_RETURN_IF_ERROR(co_await use_cases_.journeys.RequirePlace(query.station));
  const absl::Time now = use_cases_.clock.Now();
  ASSIGN_OR_CO_RETURN(const WindowDay found, co_await use_cases_.windows.Find(
                                                 query.station, query.class_code, query.day, now));
  v1::SearchWindowsResponse response;
  Render(found, response);
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
