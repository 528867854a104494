#include "services/account/domain/attachment.h"

#include <string>

#include <catch2/catch.hpp>

namespace houbu::account {

TEST_CASE("kinds and states of attachments keep their names", "[account][attachments][R-08]") {
  for (const AttachmentKind kind : kAttachmentKinds) {
    CHECK(*ParseAttachmentKind(NameOf(kind)) == kind);
  }
  CHECK_FALSE(ParseAttachmentKind("PASSPORT").ok());
  for (const AttachmentState state :
       {AttachmentState::kPending, AttachmentState::kAccepted, AttachmentState::kRejected}) {
    CHECK(*ParseAttachmentState(NameOf(state)) == state);
  }
  CHECK_FALSE(ParseAttachmentState("").ok());
}

TEST_CASE("a file is what its first bytes say, never its name", "[account][attachments][R-08]") {
  using namespace std::string_literals;
  CHECK(*RecogniseFile("\xff\xd8\xff\xe0") == FileType::kJpeg);
  CHECK(*RecogniseFile("\x89PNG\r\n\x1a\n") == FileType::kPng);
  CHECK(*RecogniseFile("%PDF-1.7") == FileType::kPdf);
  CHECK(ReasonOf(RecogniseFile("").status()) == kAttachmentEmpty.reason);
  const std::string unknown[] = {
      "<!DOCTYPE html><script>1</script>",  // a page called .jpg
      "GIF89a/*\xff\xd8\xff",               // GIFAR: an image that is an archive
      "PK\x03\x04%PDF-1.7"s,                // a PDF behind a ZIP
      " %PDF-1.7",                          // readers search for it, we do not
      "\xff\xd8",
      "\x89PNG\n\x1a\n",
      "--boundary\r\nContent-Disposition: form-data\r\n\r\n\xff\xd8\xff",
      "MZ\x90\x00"s,
      "\x00"s,
  };
  for (const std::string& bytes : unknown) {
    INFO(bytes);
    CHECK(ReasonOf(RecogniseFile(bytes).status()) == kAttachmentTypeUnknown.reason);
  }
}

TEST_CASE("a file's name is what can be shown of it", "[account][attachments][R-08]") {
  using namespace std::string_literals;
  struct Row {
    std::string name;
    std::string shown;
  };
  const Row rows[] = {
      {"passport.jpg", "passport.jpg"},
      {"护照 扫描.JPEG", "护照 扫描.jpg"},
      {"../../x", "x.jpg"},
      {"..\\..\\x.jpg", "x.jpg"},
      {"/etc/passwd", "passwd.jpg"},
      {"..", "document.jpg"},
      {"", "document.jpg"},
      {".htaccess", "htaccess.jpg"},
      {"a\0b.jpg"s, "ab.jpg"},
      {"x.jpg\0.html"s, "x.jpg.jpg"},
      {"invoice\u202Egpj.exe", "invoicegpj.jpg"},  // turned around, it ended in "exe.jpg"
      {"a\r\nContent-Type: text/html", "html.jpg"},
      {"x\".html;y=\"", "x.htmly=.jpg"},
      {"scan\u2028.png", "scan.jpg"},
      {"a．．／b", "a..b.jpg"},  // full-width dots and slash are dots and slash
      {"\xff\xfe", "document.jpg"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    CHECK(NormaliseFileName(row.name, FileType::kJpeg) == row.shown);
  }
  CHECK(NormaliseFileName("x.pdf", FileType::kPng) == "x.png");
  const std::string longest = NormaliseFileName(std::string(300, 'a') + ".pdf", FileType::kPdf);
  CHECK(longest == std::string(96, 'a') + ".pdf");
}

TEST_CASE("only a pending attachment is reviewed, once", "[account][attachments][R-09]") {
  const absl::Time now = absl::FromUnixSeconds(1000);
  for (const bool accepts : {true, false}) {
    Attachment attachment;
    Review review;
    review.accepts = accepts;
    review.reason = "the page with the number is missing";
    REQUIRE(Apply(review, now, attachment).ok());
    CHECK(attachment.state == (accepts ? AttachmentState::kAccepted : AttachmentState::kRejected));
    CHECK(attachment.reason == (accepts ? "" : review.reason));
    CHECK(attachment.version == 2);
    CHECK(attachment.reviewed_at == now);
    CHECK(ReasonOf(Apply(review, now, attachment)) == kAttachmentReviewed.reason);
  }
}

TEST_CASE("an account's attachments have bounds", "[account][attachments][R-08]") {
  AttachmentLimits limits;
  limits.count_max = 3;
  limits.bytes_max = 100;
  struct Row {
    int count;
    std::int64_t bytes;
    std::int64_t size;
    bool fits;
  };
  const Row rows[] = {{0, 0, 100, true},
                      {0, 0, 101, false},
                      {2, 90, 10, true},
                      {2, 90, 11, false},
                      {3, 0, 1, false}};
  for (const Row& row : rows) {
    AttachmentUsage usage;
    usage.count = row.count;
    usage.bytes = row.bytes;
    CHECK(CheckRoom(usage, row.size, limits).ok() == row.fits);
  }
}

TEST_CASE("what the decoder may say is a closed list", "[account][attachments][A-21]") {
  CHECK(ContentRefusal("ATTACHMENT_DAMAGED") == &kAttachmentDamaged);
  CHECK(ContentRefusal("ATTACHMENT_NOT_FOUND") == nullptr);
  CHECK(ContentRefusal("") == nullptr);
  CHECK(ContentRefusal("ATTACHMENT_DAMAGED\n") == nullptr);
}

}  // namespace houbu::account
