/// How answers to requests that change something are stored.
#pragma once

#include "libs/base/request.h"
#include "libs/rpc/call.h"

namespace houbu::rpc {

/// Answers `call` with the wire form, as `render` writes it, of what the use case came to.
template <class T, class Render>
Mutation<T> Answering(const Call& call, Render render) {
  Mutation<T> mutation;
  mutation.key = call.request_key;
  mutation.render = [render](const T& value) { return render(value).SerializeAsString(); };
  return mutation;
}

}  // namespace houbu::rpc
