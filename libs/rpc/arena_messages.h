/// Requests and responses of a method built in arenas: a response of many parts is a few blocks of
/// memory, given back in one step when the call is over.
#pragma once

#include <google/protobuf/arena.h>
#include <grpcpp/support/message_allocator.h>

#include <array>
#include <cstddef>

namespace houbu::rpc {

/// Makes the messages of one method; handed to its service's SetMessageAllocatorFor_<Method>() and
/// to outlive the server. The coroutine or function that answers fills in the response it is given.
template <class Request, class Response>
class ArenaMessages final : public grpc::MessageAllocator<Request, Response> {
 public:
  grpc::MessageHolder<Request, Response>* AllocateMessages() override { return new Messages(); }

 private:
  static constexpr std::size_t kFirstBlockBytes = 8 << 10;

  // Deletes itself when gRPC is done with the call.
  class Messages final : public grpc::MessageHolder<Request, Response> {
   public:
    Messages() : arena_(first_block_.data(), first_block_.size()) {
      this->set_request(google::protobuf::Arena::CreateMessage<Request>(&arena_));
      this->set_response(google::protobuf::Arena::CreateMessage<Response>(&arena_));
    }
    void Release() override { delete this; }

   private:
    alignas(std::max_align_t) std::array<char, kFirstBlockBytes> first_block_;
    google::protobuf::Arena arena_;
  };
};

}  // namespace houbu::rpc
