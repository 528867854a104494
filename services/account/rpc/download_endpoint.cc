#include "services/account/rpc/download_endpoint.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace houbu::account {
namespace {

// Nobody between us and who asked keeps it, and no page makes more of it than a file.
void Seal(http::Response& response) {
  response.headers.Set("Cache-Control", "private, no-store");
  response.headers.Set("Content-Security-Policy",
                       "default-src 'none'; frame-ancestors 'none'; sandbox");
  response.headers.Set("X-Content-Type-Options", "nosniff");
  response.headers.Set("X-Frame-Options", "DENY");
  response.headers.Set("Cross-Origin-Resource-Policy", "same-origin");
  response.headers.Set("Referrer-Policy", "no-referrer");
}

http::Response Nothing() {
  http::Response response = http::ErrorResponse(404, "NOT_FOUND", "There is nothing here.");
  Seal(response);
  return response;
}

http::Response NotNow() {
  http::Response response =
      http::ErrorResponse(503, "UNAVAILABLE", "The file cannot be had now: try again.");
  Seal(response);
  return response;
}

http::Response Handed(Download download) {
  const Attachment& attachment = download.attachment;
  http::Response response;
  response.headers.Set("Content-Type", MediaTypeOf(attachment.type));
  // The name goes along percent-encoded (RFC 6266); old readers get one of ours.
  response.headers.Set(
      "Content-Disposition",
      absl::StrCat("attachment; filename=\"document.", ExtensionOf(attachment.type),
                   "\"; filename*=UTF-8''", http::PercentEncode(attachment.file_name)));
  Seal(response);
  response.body = std::move(download.content);
  return response;
}

}  // namespace

Task<http::Response> DownloadEndpoint::Serve(http::Request request) {
  absl::string_view token = request.url;
  if (!absl::ConsumePrefix(&token, kDownloadPath)) {
    co_return Nothing();
  }
  absl::StatusOr<Download> download = co_await attachments_.Fetch(std::string(token));
  if (download.ok()) {
    co_return Handed(*std::move(download));
  }
  const bool is_refused = ReasonOf(download.status()) == kAttachmentNotFound.reason;
  co_return is_refused ? Nothing() : NotNow();
}

}  // namespace houbu::account
