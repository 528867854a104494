/// The service of attachments, all of it, for tests: a real server, PostgreSQL, decoder and folder.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <catch2/catch.hpp>

#include "libs/postgres/migrations.h"
#include "libs/rpc/role_guard.h"
#include "libs/rpc/status.h"
#include "libs/secrets/bytes.h"
#include "libs/testing/manual_clock.h"
#include "libs/testing/sequential_id_source.h"
#include "libs/testing/test_postgres.h"
#include "libs/testing/test_service.h"
#include "services/account/inspect/test_files.h"
#include "services/account/peers/confined_inspector.h"
#include "services/account/peers/disk_blob_store.h"
#include "services/account/peers/signed_links.h"
#include "services/account/rpc/attachment_handlers.h"
#include "services/account/rpc/download_endpoint.h"
#include "services/account/storage/postgres_attachment_store.h"
#include "services/account/storage/schema.h"
#include "services/account/storage/test_consents.h"

namespace houbu::account {

/// The service under test.
using Service = v1::AttachmentService;
/// The first message of an upload.
using Header = v1::UploadAttachmentRequest;

inline constexpr char kMine[] = "accounts/ac-1";

inline secrets::Key KeyOf(char byte) {
  return secrets::Key::FromBytes(std::string(secrets::Key::kBytes, byte)).value();
}

inline Vault TestVault() {
  return Vault(secrets::FieldCipher::Create({{1, KeyOf('m')}}).value(),
               secrets::BlindIndex(KeyOf('i')));
}

inline SignedLinks TestLinks() {
  LinkKey key;
  key.id = "k1";
  key.secret = std::string(32, 'l');
  return SignedLinks({key});
}

inline InspectorOptions TestInspector() {
  InspectorOptions options;
  options.program =
      (std::filesystem::read_symlink("/proc/self/exe").parent_path() / "houbu-inspect").string();
  return options;
}

inline UploadOptions TestUploads() {
  UploadOptions options;
  options.links_url = "https://files.example/attachments/";
  return options;
}

inline postgres::PoolOptions PoolOf(const testing::TestPostgres& database) {
  postgres::PoolOptions options;
  options.conninfo = database.conninfo();
  return options;
}

inline AttachmentLimits TestLimits() {
  AttachmentLimits limits;
  limits.count_max = 5;
  limits.uploads_per_day_max = 60;
  return limits;
}

/// Lets people's rows be bare: here it only matters that they are there.
inline constexpr char kBareRows[] = R"sql(
  DO $$ DECLARE c record; BEGIN
    FOR c IN SELECT table_name, column_name FROM information_schema.columns
             WHERE table_name IN ('accounts', 'passengers') AND is_nullable = 'NO'
               AND column_name <> 'id'
    LOOP
      EXECUTE format('ALTER TABLE %I ALTER COLUMN %I DROP NOT NULL', c.table_name, c.column_name);
    END LOOP;
    ALTER TABLE accounts DROP CONSTRAINT accounts_erased_hold_nothing;
  END $$)sql";

/// Takes every operator for a reviewer: who is one is for staff's own tests.
class AllReviewers final : public rpc::RoleGuard {
 public:
  absl::Status Learn(const rpc::MethodRule& rule) override {
    return rule.roles == std::vector<std::string>{"reviewer"}
               ? absl::OkStatus()
               : absl::FailedPreconditionError("attachments know reviewers only");
  }
  Task<void> Admit(rpc::Caller, const rpc::MethodRule&, absl::Status) override {
    co_return absl::OkStatus();
  }
};

/// The service of attachments, all of it.
class Office final {
 public:
  explicit Office(const testing::TestPostgres& database)
      : database_(database), pool_(service_.loop.get_executor(), PoolOf(database)) {
    REQUIRE(testing::RunTask(service_.loop, postgres::Migrate(pool_, kMigrations)).ok());
    database.Execute(kBareRows);
    for (const char* account : {"ac-1", "ac-2"}) AddPerson(account);
    AddPerson("pg-1");
    database.Execute("INSERT INTO passengers (id, account_id) VALUES ('pg-1', 'ac-1')");
    folder_ =
        (std::filesystem::temp_directory_path() / absl::StrCat("houbu-office-", getpid())).string();
    std::filesystem::create_directories(folder_);
    service_.seam.GuardRoles(reviewers_);
    REQUIRE(service_.Serve(handlers_).ok());
    gateway_.emplace(service_.ConnectAs("gateway"));
  }

  ~Office() {
    service_.server.reset();
    std::promise<void> closed;
    boost::asio::post(service_.loop, [this, &closed] {
      pool_.Close();
      closed.set_value();
    });
    closed.get_future().wait();
    std::filesystem::remove_all(folder_);
  }

  /// Runs a task on the service's loop.
  template <class Result>
  Result Run(boost::asio::awaitable<Result> task) {
    return boost::asio::co_spawn(service_.loop, std::move(task), boost::asio::use_future).get();
  }

  /// Sends a file in pieces; the first message is `header`.
  absl::StatusOr<v1::Attachment> Upload(Header header, const std::string& content,
                                        std::size_t piece = 200'000) {
    grpc::ClientContext context;
    Prepare(context, true);
    v1::Attachment attachment;
    const auto writer = stub(*gateway_)->UploadAttachment(&context, &attachment);
    header.set_chunk(content.substr(0, piece));
    bool goes_on = writer->Write(header);
    for (std::size_t at = piece; goes_on && at < content.size(); at += piece) {
      Header next;
      next.set_chunk(content.substr(at, piece));
      goes_on = writer->Write(next);
    }
    writer->WritesDone();
    const absl::Status status = rpc::FromWire(writer->Finish());
    if (!status.ok()) return status;
    return attachment;
  }

  /// Calls a method as the account "accounts/ac-1".
  template <class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Response*),
                                const Request& request) {
    return CallAs(*gateway_, true, method, request);
  }

  /// Calls a method as an operator.
  template <class Request, class Response>
  absl::StatusOr<Response> CallAsStaff(
      grpc::Status (Service::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
      const Request& request, const std::string& name = "operators/first") {
    return CallAs(service_.ConnectAs(name), false, method, request);
  }

  /// Asks the door for a path.
  http::Response Download(const std::string& path) {
    http::Request request;
    request.url = path;
    return Run(endpoint_.Serve(std::move(request))).value();
  }

  /// All that lies in the folder.
  std::vector<std::string> Blobs() const {
    std::vector<std::string> blobs;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      blobs.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
    }
    return blobs;
  }

  testing::ManualClock clock;
  Attachments& attachments() { return attachments_; }

 private:
  void AddPerson(const std::string& id) {
    const PersonKey key = vault_.NewKey(id);
    database_.Execute(absl::StrCat("INSERT INTO person_keys (owner, wrapped, created_at) VALUES ('",
                                   id, "', '\\x", absl::BytesToHexString(key.wrapped()),
                                   "', now())"));
    if (!absl::StartsWith(id, "ac-")) return;
    database_.Execute(absl::StrCat("INSERT INTO accounts (id) VALUES ('", id, "')"));
  }

  static std::unique_ptr<Service::Stub> stub(const rpc::Channel& channel) {
    return Service::NewStub(channel.grpc_channel());
  }

  static void Prepare(grpc::ClientContext& context, bool is_account) {
    context.set_deadline(absl::ToChronoTime(rpc::Within(absl::Seconds(30)).deadline));
    if (is_account) context.AddMetadata("authorization", "Bearer good");
  }

  template <class Request, class Response>
  static absl::StatusOr<Response> CallAs(const rpc::Channel& channel, bool is_account,
                                         grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                                               const Request&,
                                                                               Response*),
                                         const Request& request) {
    grpc::ClientContext context;
    Prepare(context, is_account);
    Response response;
    const auto asked = stub(channel);
    const absl::Status status = rpc::FromWire((asked.get()->*method)(&context, request, &response));
    if (!status.ok()) return status;
    return response;
  }

  const testing::TestPostgres& database_;
  testing::TestService service_;
  postgres::Pool pool_;
  async::WorkerPool workers_{async::WorkerPoolOptions{}};
  testing::SequentialIdSource ids_;
  const Vault vault_ = TestVault();
  const SignedLinks links_ = TestLinks();
  std::string folder_ =
      (std::filesystem::temp_directory_path() / absl::StrCat("houbu-office-", getpid())).string();
  PostgresAttachmentStore store_{pool_, vault_, ids_, workers_};
  DiskBlobStore blobs_{folder_, workers_};
  ConfinedInspector inspector_{TestInspector(), [](absl::string_view) {}};
  PostgresConsentStore consent_store_{pool_};
  Consents consents_{consent_store_, clock, ids_, kTestTexts};
  Attachments attachments_{AttachmentParts{store_, inspector_, blobs_, links_, consents_}, clock,
                           ids_, TestLimits()};
  AllReviewers reviewers_;
  AttachmentHandlers handlers_{service_.seam, attachments_, TestUploads()};
  DownloadEndpoint endpoint_{attachments_};
  std::optional<rpc::Channel> gateway_;
};

inline Header HeaderOf(const std::string& request_id, const std::string& content,
                       const std::string& file_name = "护照.jpg") {
  Header header;
  header.set_request_id(request_id);
  header.set_parent(kMine);
  header.set_kind(v1::ATTACHMENT_KIND_PASSPORT_SCAN);
  header.set_file_name(file_name);
  header.set_size_bytes(static_cast<std::int64_t>(content.size()));
  return header;
}

/// A picture unlike those of other numbers.
inline std::string Picture(std::uint32_t number) {
  JpegForm form;
  form.width = 40 + number;
  return MakeJpeg(form);
}

template <class Request>
Request Named(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

inline v1::ReviewAttachmentRequest ReviewOf(const v1::Attachment& attachment, const std::string& id,
                                            bool accepts, const std::string& reason = "") {
  v1::ReviewAttachmentRequest request;
  request.set_request_id(id);
  request.set_name(attachment.name());
  request.set_etag(attachment.etag());
  request.set_decision(accepts ? v1::ReviewAttachmentRequest::DECISION_ACCEPT
                               : v1::ReviewAttachmentRequest::DECISION_REJECT);
  request.set_reason(reason);
  return request;
}

inline std::string PathOfLink(const v1::DownloadLink& link) {
  return std::string(absl::StripPrefix(link.uri(), "https://files.example"));
}

}  // namespace houbu::account
