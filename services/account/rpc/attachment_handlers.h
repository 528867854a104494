/// How attachments are sent, looked at and decided on.
#pragma once

#include <atomic>
#include <string>
#include <utility>

#include "libs/rpc/seam.h"
#include "libs/rpc/stream.h"
#include "services/account/app/attachments.h"

#include "houbu/account/v1/attachment.grpc.pb.h"

namespace houbu::account {

/// How uploads are taken in.
struct UploadOptions {
  int at_once = 16;       ///< More are refused: each may hold 5 MiB, and as much again decoded.
  std::string links_url;  ///< What a link's token is appended to.
};

/// Answers houbu.account.v1.AttachmentService.
class AttachmentHandlers final : public v1::AttachmentService::CallbackService {
 public:
  /// Uses what it is given, which must outlive it.
  AttachmentHandlers(rpc::Seam& seam, Attachments& attachments, UploadOptions options)
      : seam_(seam), attachments_(attachments), options_(std::move(options)) {}

  grpc::ServerReadReactor<v1::UploadAttachmentRequest>* UploadAttachment(
      grpc::CallbackServerContext* context, v1::Attachment* response) override {
    return rpc::RunStream(seam_, context, response, this, &AttachmentHandlers::Take);
  }
  grpc::ServerUnaryReactor* GetAttachment(grpc::CallbackServerContext* context,
                                          const v1::GetAttachmentRequest* request,
                                          v1::Attachment* response) override {
    return seam_.Run(context, request, response, this, &AttachmentHandlers::Show);
  }
  grpc::ServerUnaryReactor* ListAttachments(grpc::CallbackServerContext* context,
                                            const v1::ListAttachmentsRequest* request,
                                            v1::ListAttachmentsResponse* response) override {
    return seam_.Run(context, request, response, this, &AttachmentHandlers::ShowList);
  }
  grpc::ServerUnaryReactor* DeleteAttachment(grpc::CallbackServerContext* context,
                                             const v1::DeleteAttachmentRequest* request,
                                             v1::Attachment* response) override {
    return seam_.Run(context, request, response, this, &AttachmentHandlers::Remove);
  }
  grpc::ServerUnaryReactor* CreateDownloadLink(grpc::CallbackServerContext* context,
                                               const v1::CreateDownloadLinkRequest* request,
                                               v1::DownloadLink* response) override {
    return seam_.Run(context, request, response, this, &AttachmentHandlers::Link);
  }
  grpc::ServerUnaryReactor* ListAttachmentsForReview(
      grpc::CallbackServerContext* context, const v1::ListAttachmentsForReviewRequest* request,
      v1::ListAttachmentsForReviewResponse* response) override {
    return seam_.Run(context, request, response, this, &AttachmentHandlers::ShowForReview);
  }
  grpc::ServerUnaryReactor* ReviewAttachment(grpc::CallbackServerContext* context,
                                             const v1::ReviewAttachmentRequest* request,
                                             v1::Attachment* response) override {
    return seam_.Run(context, request, response, this, &AttachmentHandlers::Decide);
  }

 private:
  using UploadStream = rpc::Incoming<v1::UploadAttachmentRequest>;

  Task<v1::Attachment> Take(const rpc::Call& call, UploadStream& stream);
  Task<v1::Attachment> TakeAdmitted(const rpc::Call& call, UploadStream& stream,
                                    v1::UploadAttachmentRequest first);
  Task<v1::Attachment> Show(const rpc::Call& call, const v1::GetAttachmentRequest& request);
  Task<v1::ListAttachmentsResponse> ShowList(const rpc::Call& call,
                                             const v1::ListAttachmentsRequest& request);
  Task<v1::Attachment> Remove(const rpc::Call& call, const v1::DeleteAttachmentRequest& request);
  Task<v1::DownloadLink> Link(const rpc::Call& call, const v1::CreateDownloadLinkRequest& request);
  Task<v1::ListAttachmentsForReviewResponse> ShowForReview(
      const rpc::Call& call, const v1::ListAttachmentsForReviewRequest& request);
  Task<v1::Attachment> Decide(const rpc::Call& call, const v1::ReviewAttachmentRequest& request);

  rpc::Seam& seam_;
  Attachments& attachments_;
  const UploadOptions options_;
  std::atomic<int> uploads_{0};
};

}  // namespace houbu::account
