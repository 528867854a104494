/// Requests that change something: how a repeated one is recognised and answered as before.
#pragma once

#include <functional>
#include <string>

namespace houbu {

/// Names one request of one caller (AIP-155). Same key and fingerprint: the stored answer; same key
/// and another fingerprint: REQUEST_ID_REUSED. Made by the rpc seam.
struct RequestKey {
  std::string caller;       ///< "accounts/ac-..." or "services/slot".
  std::string method;       ///< "/houbu.slot.v1.BookingService/CreateBooking".
  std::string request_id;   ///< Chosen by the caller.
  std::string fingerprint;  ///< Hash of the request's content, hex.
};

/// What a use case needs to answer a mutating request exactly once: the key under which the answer
/// is stored and how a result becomes answer bytes. The bytes commit together with the effect.
template <class T>
struct Mutation {
  RequestKey key;
  std::function<std::string(const T&)> render;
};

}  // namespace houbu
