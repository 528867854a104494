#include "libs/http/curl.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace houbu::http {

CurlHandle NewCurl() {
  static const bool is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  CurlHandle handle(is_ready ? curl_easy_init() : nullptr);
  if (!handle) {
    std::abort();
  }
  return handle;
}

void Append(CurlList& list, const std::string& text) {
  curl_slist* longer = curl_slist_append(list.get(), text.c_str());
  if (longer == nullptr) {
    std::abort();
  }
  (void)list.release();
  list.reset(longer);
}

long CurlMilliseconds(absl::Duration duration) {
  return std::clamp<std::int64_t>(absl::ToInt64Milliseconds(duration), 1,
                                  std::int64_t{24} * 3600 * 1000);
}

}  // namespace houbu::http
