#include "services/account/rpc/download_endpoint.h"

#include <functional>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <catch2/catch.hpp>

#include "services/account/rpc/test_office.h"

namespace houbu::account {

TEST_CASE("a link is good for one file and five minutes, and nothing else",
          "[account][attachments][links][A-21]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  const std::string content = Picture(1);
  const auto sent = office.Upload(HeaderOf("r1", content, "=cmd|' /C calc'!A0.jpg"), content);
  REQUIRE(sent.ok());
  const auto ask = Named<v1::CreateDownloadLinkRequest>(sent->name());
  const auto link = office.Call(&Service::Stub::CreateDownloadLink, ask);
  REQUIRE(link.ok());
  const std::string path = PathOfLink(*link);
  const http::Response file = office.Download(path);
  CHECK(file.status == 200);
  CHECK(file.headers.Get("Content-Type") == "image/jpeg");
  CHECK(absl::StartsWith(file.headers.Get("Content-Disposition"), "attachment; "));
  CHECK_FALSE(absl::StrContains(file.headers.Get("Content-Disposition"), "|"));
  CHECK(file.headers.Get("X-Content-Type-Options") == "nosniff");
  CHECK(absl::StrContains(file.headers.Get("Content-Security-Policy"), "sandbox"));
  CHECK(absl::StrContains(file.headers.Get("Cache-Control"), "no-store"));
  const std::string wrong[] = {
      path + "/x.css",
      path + ";x.css",
      path + "%3bx.css",
      path + "?x.css",
      path + ".css",
      path + "%00",
      "/attachments/../" + path,
      "/attachments/",
      "/attachments/x",
      path.substr(0, path.size() - 1),
      path.substr(0, path.size() - 1) + (path.back() == '0' ? "1" : "0"),
      "/" + path,
  };
  const http::Response nothing = office.Download("/attachments/nothing");
  for (const std::string& url : wrong) {
    INFO(url);
    const http::Response response = office.Download(url);
    CHECK(response.status == 404);
    CHECK(response.body == nothing.body);
    CHECK(response.headers.fields() == nothing.headers.fields());
  }
  office.clock.Advance(absl::Minutes(5) - absl::Seconds(1));
  CHECK(office.Download(path).status == 200);
  office.clock.Advance(absl::Seconds(1));
  CHECK(office.Download(path).body == nothing.body);
  // A deleted file is gone for links that were still good.
  const auto fresh = office.Call(&Service::Stub::CreateDownloadLink, ask);
  REQUIRE(fresh.ok());
  v1::DeleteAttachmentRequest deletion;
  deletion.set_request_id("d1");
  deletion.set_name(sent->name());
  REQUIRE(office.Call(&Service::Stub::DeleteAttachment, deletion).ok());
  CHECK(office.Download(PathOfLink(*fresh)).status == 404);
  CHECK(office.Call(&Service::Stub::DeleteAttachment, deletion).ok());
}

TEST_CASE("files nobody has are swept after a day, others stay", "[account][attachments][R-08]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  const auto kept = office.Upload(HeaderOf("r1", Picture(1)), Picture(1));
  const auto deleted = office.Upload(HeaderOf("r2", Picture(2)), Picture(2));
  REQUIRE(kept.ok());
  REQUIRE(deleted.ok());
  v1::DeleteAttachmentRequest deletion;
  deletion.set_request_id("d1");
  deletion.set_name(deleted->name());
  REQUIRE(office.Call(&Service::Stub::DeleteAttachment, deletion).ok());
  office.clock.Advance(absl::Hours(23));
  REQUIRE(office.Run(office.attachments().Sweep()).ok());
  CHECK(office.Blobs().size() == 2);
  office.clock.Advance(absl::Hours(2));
  REQUIRE(office.Run(office.attachments().Sweep()).ok());
  CHECK(office.Blobs().size() == 1);
  // The same file may come again.
  REQUIRE(office.Upload(HeaderOf("r3", Picture(2)), Picture(2)).ok());
  CHECK(office.Blobs().size() == 2);
}

TEST_CASE("with a person's key their attachments are gone", "[account][attachments][R-17]") {
  const auto database = testing::TestPostgres::OrSkip();
  if (!database) return;
  Office office(*database);
  Header header = HeaderOf("r1", Picture(1));
  header.set_passenger("accounts/ac-1/passengers/pg-1");
  const auto passengers = office.Upload(header, Picture(1));
  const auto holders = office.Upload(HeaderOf("r2", Picture(1)), Picture(1));
  REQUIRE(passengers.ok());
  REQUIRE(holders.ok());
  CHECK(office.Blobs().size() == 2);  // Each under the key of whom it is about.
  const auto link = office.Call(&Service::Stub::CreateDownloadLink,
                                Named<v1::CreateDownloadLinkRequest>(passengers->name()));
  REQUIRE(link.ok());
  database->Execute(
      "UPDATE person_keys SET wrapped = NULL, destroyed_at = now() WHERE owner = 'pg-1'");
  CHECK(office.Download(PathOfLink(*link)).status == 404);
  CHECK(ReasonOf(office
                     .Call(&Service::Stub::GetAttachment,
                           Named<v1::GetAttachmentRequest>(passengers->name()))
                     .status()) == kAttachmentNotFound.reason);
  CHECK(office.Call(&Service::Stub::GetAttachment, Named<v1::GetAttachmentRequest>(holders->name()))
            .ok());
}

}  // namespace houbu::account
