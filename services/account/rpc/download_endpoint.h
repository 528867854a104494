/// The door at which files are handed out: plain HTTP behind the ingress, nothing but links.
#pragma once

#include "libs/http/message.h"
#include "services/account/app/attachments.h"

namespace houbu::account {

/// What stands before the token in a link's path.
inline constexpr char kDownloadPath[] = "/attachments/";

/// Answers GET /attachments/<token>.
class DownloadEndpoint final {
 public:
  /// `attachments` outlives the endpoint.
  explicit DownloadEndpoint(Attachments& attachments) : attachments_(attachments) {}

  /// Hands out the file, as a download that no page may run, frame, sniff or keep. Everything that
  /// is not a whole, live link of ours is the same 404: forged, altered, over, with something
  /// before, behind or within it. 503 when the file cannot be had at the moment.
  Task<http::Response> Serve(http::Request request);

 private:
  Attachments& attachments_;
};

}  // namespace houbu::account
