/// libcurl's handles, owned.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>

#include "absl/time/time.h"

namespace houbu::http {

/// Frees an easy handle.
struct CurlCleanup {
  /// Frees it.
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};

/// Frees a list.
struct CurlListCleanup {
  /// Frees it.
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

/// An easy handle.
using CurlHandle = std::unique_ptr<CURL, CurlCleanup>;

/// A list of strings.
using CurlList = std::unique_ptr<curl_slist, CurlListCleanup>;

/// Makes a handle; libcurl is made ready with the first one. Crashes when out of memory.
CurlHandle NewCurl();

/// Appends a copy of `text`.
void Append(CurlList& list, const std::string& text);

/// Whole milliseconds as libcurl takes them: at least 1, since 0 means for ever.
long CurlMilliseconds(absl::Duration duration);

}  // namespace houbu::http
