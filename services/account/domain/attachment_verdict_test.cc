#include "services/account/domain/attachment_verdict.h"

#include <string>

#include <catch2/catch.hpp>

namespace houbu::account {

TEST_CASE("a verdict is read as it was written", "[account][attachments][A-21]") {
  CleanFile file;
  file.type = FileType::kPng;
  file.width = 16'000;
  file.height = 2'000;
  file.content = "\x89PNG\r\n\x1a\nand\nmore\n";
  const absl::StatusOr<CleanFile> read = ParseVerdict(FormatVerdict(file));
  REQUIRE(read.ok());
  CHECK(read->type == file.type);
  CHECK(read->width == file.width);
  CHECK(read->height == file.height);
  CHECK(read->pages == 1);
  CHECK(read->content == file.content);
  CHECK(ReasonOf(ParseVerdict(FormatVerdict(kAttachmentEncrypted)).status()) ==
        kAttachmentEncrypted.reason);
}

TEST_CASE("a decoder that was taken over says nothing that counts",
          "[account][attachments][A-21]") {
  const std::string png = "\x89PNG\r\n\x1a\n";
  const std::string verdicts[] = {
      "",
      "CLEAN",
      "CLEAN image/png 1 1 1 8",
      "CLEAN image/png 1 1 1 8\n",
      "CLEAN image/png 1 1 1 9\n" + png,
      "CLEAN image/png 1 1 1 7\n" + png,
      "CLEAN image/png 1 1 1 8\n" + png + "x",
      "CLEAN image/jpeg 1 1 1 8\n" + png,
      "CLEAN text/html 1 1 1 6\n<html>",
      "CLEAN image/png 0 1 1 8\n" + png,
      "CLEAN image/png -1 1 1 8\n" + png,
      "CLEAN image/png 16001 1 1 8\n" + png,
      "CLEAN image/png 8000 4001 1 8\n" + png,
      "CLEAN image/png 1 1 2 8\n" + png,
      "CLEAN image/png 1 1 1 8 \n" + png,
      "CLEAN application/pdf 0 0 51 5\n%PDF-",
      "CLEAN application/pdf 0 0 0 5\n%PDF-",
      "CLEAN application/pdf 1 1 1 5\n%PDF-",
      "REFUSED ACCOUNT_NOT_FOUND\n",
      "REFUSED \n",
      std::string(kVerdictLineMax, 'x') + "\n",
  };
  for (const std::string& verdict : verdicts) {
    INFO(verdict);
    CHECK(ReasonOf(ParseVerdict(verdict).status()) == kAttachmentUnreadable.reason);
  }
}

}  // namespace houbu::account
