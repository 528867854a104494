#include "services/account/rpc/attachment_handlers.h"

#include <functional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/rpc/test_office.h"

namespace houbu::account {

TEST_CASE("a file is sent in pieces, kept sealed, reviewed, and had back by a link",
          "[account][attachments][R-08][R-09]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  JpegForm form;
  form.width = 600;
  form.height = 400;
  form.segments = {{0xe1, Exif(1)}};
  const std::string content = MakeJpeg(form);
  Header header = HeaderOf("r1", content, "../../护照\u202e扫描.exe");
  header.set_passenger("accounts/ac-1/passengers/pg-1");
  header.set_sha256(secrets::Sha256Hex(content));
  const absl::StatusOr<v1::Attachment> sent = office.Upload(header, content, 1000);
  REQUIRE(sent.ok());
  CHECK(sent->state() == v1::Attachment::STATE_PENDING);
  CHECK(sent->media_type() == "image/jpeg");
  CHECK(sent->width() == 600);
  CHECK(sent->passenger() == "accounts/ac-1/passengers/pg-1");
  CHECK(sent->file_name().empty());
  const auto shown =
      office.Call(&Service::Stub::GetAttachment, Named<v1::GetAttachmentRequest>(sent->name()));
  REQUIRE(shown.ok());
  CHECK(shown->file_name() == "护照扫描.jpg");
  // What lies on the disk and in the record says nothing.
  REQUIRE(office.Blobs().size() == 1);
  CHECK_FALSE(absl::StrContains(office.Blobs().front(), "JFIF"));
  // Staff see it, look at it, decide on it once.
  v1::ListAttachmentsForReviewRequest pending;
  pending.set_kind(v1::ATTACHMENT_KIND_PASSPORT_SCAN);
  const auto listed = office.CallAsStaff(&Service::Stub::ListAttachmentsForReview, pending);
  REQUIRE(listed.ok());
  REQUIRE(listed->attachments_size() == 1);
  CHECK(listed->attachments(0).file_name().empty());
  const auto link = office.CallAsStaff(&Service::Stub::CreateDownloadLink,
                                       Named<v1::CreateDownloadLinkRequest>(sent->name()));
  REQUIRE(link.ok());
  const http::Response file = office.Download(PathOfLink(*link));
  CHECK(file.status == 200);
  CHECK(DecodeJpeg(file.body).width == 600);
  CHECK_FALSE(absl::StrContains(file.body, "GPS"));
  const std::string reason = "The page with the number is missing: photograph it whole.";
  const auto rejected =
      office.CallAsStaff(&Service::Stub::ReviewAttachment, ReviewOf(*sent, "v1", false, reason));
  REQUIRE(rejected.ok());
  CHECK(rejected->state() == v1::Attachment::STATE_REJECTED);
  CHECK(rejected->reject_reason() == reason);
  CHECK(rejected->has_review_time());
  CHECK(ReasonOf(office.CallAsStaff(&Service::Stub::ReviewAttachment, ReviewOf(*sent, "v2", true))
                     .status()) == kAttachmentChanged.reason);
  CHECK(
      ReasonOf(office.CallAsStaff(&Service::Stub::ReviewAttachment, ReviewOf(*rejected, "v3", true))
                   .status()) == kAttachmentReviewed.reason);
  const auto again =
      office.CallAsStaff(&Service::Stub::ReviewAttachment, ReviewOf(*sent, "v1", false, reason));
  REQUIRE(again.ok());
  CHECK(again->SerializeAsString() == rejected->SerializeAsString());
}

TEST_CASE("an upload is taken once, however often and however cut it is sent",
          "[account][attachments][R-08][X-01]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  const std::string content = Picture(1);
  const auto first = office.Upload(HeaderOf("r1", content), content);
  REQUIRE(first.ok());
  const auto repeated = office.Upload(HeaderOf("r1", content), content, 100);
  REQUIRE(repeated.ok());
  CHECK(repeated->SerializeAsString() == first->SerializeAsString());
  // The same name for another file, or another purpose, is refused.
  CHECK(ReasonOf(office.Upload(HeaderOf("r1", Picture(2)), Picture(2)).status()) ==
        "REQUEST_ID_REUSED");
  // The same file again is what is there; for another purpose it is another attachment of one file.
  for (int i = 0; i < 20; ++i) {
    const auto same = office.Upload(HeaderOf(absl::StrCat("s", i), content), content);
    REQUIRE(same.ok());
    CHECK(same->name() == first->name());
  }
  Header visa = HeaderOf("r2", content);
  visa.set_kind(v1::ATTACHMENT_KIND_VISA);
  const auto other = office.Upload(visa, content);
  REQUIRE(other.ok());
  CHECK(other->name() != first->name());
  CHECK(office.Blobs().size() == 1);
  // A rejected one can be sent again, to be looked at again.
  REQUIRE(office.CallAsStaff(&Service::Stub::ReviewAttachment, ReviewOf(*first, "v1", false, "no"))
              .ok());
  const auto anew = office.Upload(HeaderOf("r3", content), content);
  REQUIRE(anew.ok());
  CHECK(anew->name() != first->name());
  CHECK(anew->state() == v1::Attachment::STATE_PENDING);
  CHECK(office.Blobs().size() == 1);
}

TEST_CASE("what is not the announced file, or more than is taken, is refused at once",
          "[account][attachments][R-08][A-21]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  const std::string jpeg = Picture(1);
  const std::string limit = jpeg + std::string(kAttachmentBytesMax - jpeg.size(), '\0');
  REQUIRE(office.Upload(HeaderOf("exact", limit), limit).ok());
  const std::string beyond = limit + '\0';
  CHECK(ReasonOf(office.Upload(HeaderOf("more", beyond), beyond).status()) ==
        kAttachmentTooLarge.reason);
  struct Row {
    std::string what;
    std::function<void(Header&)> change;
    std::string reason;
  };
  const std::string small = Picture(2);
  const Row rows[] = {
      {"says it is smaller", [](Header& h) { h.set_size_bytes(h.size_bytes() - 1); },
       kAttachmentIncomplete.reason},
      {"says it is larger", [](Header& h) { h.set_size_bytes(h.size_bytes() + 1); },
       kAttachmentIncomplete.reason},
      {"another digest", [](Header& h) { h.set_sha256(std::string(64, '0')); },
       kAttachmentIncomplete.reason},
      {"no digest", [](Header& h) { h.set_sha256("xyz"); }, "INVALID_REQUEST"},
      {"nothing", [](Header& h) { h.set_size_bytes(0); }, kAttachmentEmpty.reason},
      {"negative", [](Header& h) { h.set_size_bytes(-1); }, "INVALID_REQUEST"},
      {"no kind", [](Header& h) { h.set_kind(v1::ATTACHMENT_KIND_UNSPECIFIED); },
       "INVALID_REQUEST"},
      {"unknown kind", [](Header& h) { h.set_kind(static_cast<v1::AttachmentKind>(99)); },
       "INVALID_REQUEST"},
      {"no request_id", [](Header& h) { h.clear_request_id(); }, "INVALID_REQUEST"},
      {"another's account", [](Header& h) { h.set_parent("accounts/ac-2"); }, "ACCOUNT_NOT_FOUND"},
      {"another's passenger", [](Header& h) { h.set_passenger("accounts/ac-2/passengers/pg-1"); },
       "PASSENGER_NOT_FOUND"},
      {"absent passenger", [](Header& h) { h.set_passenger("accounts/ac-1/passengers/pg-9"); },
       "PASSENGER_NOT_FOUND"},
  };
  for (const Row& row : rows) {
    INFO(row.what);
    Header header = HeaderOf("row", small);
    row.change(header);
    CHECK(ReasonOf(office.Upload(header, small).status()) == row.reason);
  }
  const std::string page = "<html></html>";
  CHECK(ReasonOf(office.Upload(HeaderOf("page", page), page).status()) ==
        kAttachmentTypeUnknown.reason);
  // Pieces beyond 256 KiB would be held whole.
  CHECK(ReasonOf(office.Upload(HeaderOf("piece", limit), limit, 300'000).status()) ==
        "INVALID_REQUEST");
  CHECK(office.Blobs().size() == 1);
}

TEST_CASE("an account attaches so much and tries so often", "[account][attachments][R-08]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  for (std::uint32_t i = 1; i <= 5; ++i) {
    const std::string content = Picture(i);
    REQUIRE(office.Upload(HeaderOf(absl::StrCat("r", i), content), content).ok());
  }
  const std::string sixth = Picture(6);
  CHECK(ReasonOf(office.Upload(HeaderOf("r6", sixth), sixth).status()) == kAttachmentsFull.reason);
  for (int i = 0; i < 54; ++i) {
    office.Upload(HeaderOf(absl::StrCat("x", i), sixth), sixth).IgnoreError();
  }
  const absl::Status status = office.Upload(HeaderOf("r7", sixth), sixth).status();
  CHECK(ReasonOf(status) == kTooManyUploads.reason);
  CHECK(RetryAfterOf(status).has_value());
  office.clock.Advance(absl::Hours(24));
  CHECK(ReasonOf(office.Upload(HeaderOf("r8", sixth), sixth).status()) == kAttachmentsFull.reason);
}

TEST_CASE("another's attachments are absent, and only persons look at them",
          "[account][attachments][R-08][A-1]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  Upload upload;
  upload.account = "ac-2";
  upload.content = std::make_shared<const std::string>(Picture(1));
  Mutation<Attachment> mutation;
  mutation.key = {"accounts/ac-2", "/m", "r1", "f"};
  mutation.render = [](const Attachment& attachment) { return attachment.id; };
  const auto id = office.Run(office.attachments().Add(upload, mutation));
  REQUIRE(id.ok());
  const std::string theirs = absl::StrCat("accounts/ac-2/attachments/", *id);
  for (const std::string& name : {theirs, absl::StrCat("accounts/ac-1/attachments/", *id),
                                  std::string("accounts/ac-1/attachments/at-99")}) {
    INFO(name);
    v1::DeleteAttachmentRequest deletion;
    deletion.set_request_id("d1");
    deletion.set_name(name);
    const std::string absent = kAttachmentNotFound.reason;
    CHECK(ReasonOf(office.Call(&Service::Stub::GetAttachment, Named<v1::GetAttachmentRequest>(name))
                       .status()) == absent);
    CHECK(ReasonOf(office.Call(&Service::Stub::DeleteAttachment, deletion).status()) == absent);
    CHECK(ReasonOf(office
                       .Call(&Service::Stub::CreateDownloadLink,
                             Named<v1::CreateDownloadLinkRequest>(name))
                       .status()) == absent);
  }
  v1::ListAttachmentsRequest list;
  list.set_parent("accounts/ac-2");
  CHECK_FALSE(office.Call(&Service::Stub::ListAttachments, list).ok());
  // Staff's methods are no account's, and a certificate that names nobody decides nothing.
  CHECK(ReasonOf(office
                     .Call(&Service::Stub::ListAttachmentsForReview,
                           v1::ListAttachmentsForReviewRequest())
                     .status()) == "CALLER_NOT_ALLOWED");
  v1::Attachment attachment;
  attachment.set_name(theirs);
  attachment.set_etag("1");
  const auto review = ReviewOf(attachment, "v1", true);
  CHECK(ReasonOf(office.Call(&Service::Stub::ReviewAttachment, review).status()) ==
        "CALLER_NOT_ALLOWED");
  CHECK(
      ReasonOf(office.CallAsStaff(&Service::Stub::ReviewAttachment, review, "operator").status()) ==
      kReviewerNeeded.reason);
  CHECK(ReasonOf(office
                     .CallAsStaff(&Service::Stub::CreateDownloadLink,
                                  Named<v1::CreateDownloadLinkRequest>(theirs), "operator")
                     .status()) == kReviewerNeeded.reason);
  CHECK(office.CallAsStaff(&Service::Stub::ReviewAttachment, review).ok());
}

}  // namespace houbu::account
