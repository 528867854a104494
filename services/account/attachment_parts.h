/// Attachments as a part of the account service: their settings, and what they become.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "libs/base/status_macros.h"
#include "libs/process/process.h"
#include "services/account/app/attachments.h"
#include "services/account/peers/confined_inspector.h"
#include "services/account/peers/disk_blob_store.h"
#include "services/account/peers/s3_blob_store.h"
#include "services/account/peers/signed_links.h"
#include "services/account/rpc/attachment_handlers.h"
#include "services/account/rpc/download_endpoint.h"
#include "services/account/storage/postgres_attachment_store.h"

namespace houbu::account {

/// The settings of attachments.
struct AttachmentConfig {
  AttachmentLimits limits;
  InspectorOptions inspector;
  UploadOptions uploads;
  std::string store = "disk";
  std::string folder = "attachments";
  S3Options s3;
  std::string address = "127.0.0.1:7455";
  std::string link_key_file;
  std::string former_link_key_file;
  absl::Duration sweep_interval = absl::Minutes(5);

  /// Binds attachments.*.
  void Bind(process::Binder& binder) {
    uploads.links_url = absl::StrCat("http://127.0.0.1:7455", kDownloadPath);
    const process::Range some{.least = 1, .most = 1'000'000};
    binder.Choice("attachments.store", &store, {"disk", "s3"},
                  "Where files are kept: on a disk, which all replicas must share, or in S3.");
    binder.Optional("attachments.folder", &folder, "The folder on the disk.");
    BindS3(binder);
    binder.Optional("attachments.address", &address, "Where links are served, host:port.");
    binder.Optional(
        "attachments.url", &uploads.links_url,
        "What links begin with, as browsers reach that address: https://.../attachments/.");
    binder.File("attachments.link_key_file", &link_key_file,
                "32 bytes in hex that sign download links.");
    binder.OptionalFile("attachments.former_link_key_file", &former_link_key_file,
                        "The key before it, as long as links it signed are about.");
    binder.Optional("attachments.inspector", &inspector.program,
                    "The program that decodes files; houbu-inspect beside this one without it.");
    binder.Optional("attachments.inspections_at_once", &inspector.at_once,
                    "Files decoded at a time; each may take 768 MiB.",
                    process::Range{.least = 1, .most = 64});
    binder.Optional("attachments.inspection_time", &inspector.time_max,
                    "How long decoding one file may take.");
    binder.Optional("attachments.uploads_at_once", &uploads.at_once,
                    "Uploads under way; more are refused.", some);
    binder.Optional("attachments.count_max", &limits.count_max, "Attachments of one account.",
                    some);
    binder.Optional("attachments.bytes_max", &limits.bytes_max,
                    "Bytes one account's attachments may have together.");
    binder.Optional("attachments.uploads_per_day_max", &limits.uploads_per_day_max,
                    "Uploads one account may try in a day.", some);
    binder.Optional("attachments.sweep_interval", &sweep_interval,
                    "How often files nobody has any more are looked for.");
  }

 private:
  void BindS3(process::Binder& binder) {
    s3.credentials.region = "us-east-1";
    binder.Optional("attachments.s3_url", &s3.url,
                    "Where S3 is, http(s)://host, without a slash at the end.");
    binder.Optional("attachments.s3_bucket", &s3.bucket, "The bucket, which must be there.");
    binder.Optional("attachments.s3_region", &s3.credentials.region, "Its region.");
    binder.Optional("attachments.s3_access_key_id", &s3.credentials.access_key_id,
                    "Who we are to S3.");
    binder.Secret("attachments.s3_secret_access_key", &s3.credentials.secret_access_key,
                  "What proves it.");
    binder.Optional("attachments.s3_timeout", &s3.timeout, "How long one exchange may take.");
  }
};

/// Where houbu-inspect stands when nobody says: beside this program.
inline std::string InspectorBeside() {
  std::error_code error;
  const std::filesystem::path self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "houbu-inspect" : (self.parent_path() / "houbu-inspect").string();
}

/// Counts inspections by how they ended.
inline InspectionCounter CountInspections(observe::Metrics& metrics) {
  std::vector<std::pair<std::string, prometheus::Counter*>> counters;
  for (const char* outcome : {"CLEAN", "REFUSED", "CRASHED", "TIMED_OUT", "FAILED"}) {
    counters.emplace_back(outcome,
                          &metrics.AddCounter("houbu_account_attachment_inspections_total",
                                              "Files decoded for attachments, by how it ended.",
                                              {{"outcome", absl::AsciiStrToLower(outcome)}}));
  }
  return [counters](absl::string_view ended) {
    for (const auto& [outcome, counter] : counters) {
      if (outcome == ended) counter->Increment();
    }
  };
}

/// Opens the door at which links are served.
inline void AddDownloadDoor(process::Parts& parts, process::Environment& env,
                            const std::string& address, Attachments& attachments) {
  http::ServerOptions options;
  options.address = address;
  options.body_bytes_max = 0;
  options.connections_max = 128;
  auto server = std::make_shared<http::Server>(env.executor(), options);
  auto& endpoint = parts.Own<DownloadEndpoint>(attachments);
  server->Handle("GET", absl::StrCat(kDownloadPath, "*"),
                 [&endpoint](http::Request request) { return endpoint.Serve(std::move(request)); });
  parts.http_servers.push_back(std::move(server));
}

/// Keeps files on this machine's disk.
inline BlobStore& BuildDisk(process::Parts& parts, process::Environment& env,
                            const AttachmentConfig& config) {
  auto& disk = parts.Own<DiskBlobStore>(config.folder, env.workers());
  process::Preparation preparation;
  preparation.name = "attachments_folder";
  preparation.prepare = [&disk] { return disk.Prepare(); };
  parts.preparations.push_back(std::move(preparation));
  return disk;
}

/// Keeps files in S3; INVALID_ARGUMENT, for the operator, where a setting is missing.
inline absl::StatusOr<BlobStore*> BuildS3(process::Parts& parts, const AttachmentConfig& config) {
  const S3Options& s3 = config.s3;
  if (s3.url.empty() || s3.bucket.empty() || s3.credentials.access_key_id.empty() ||
      s3.credentials.secret_access_key.empty()) {
    return absl::InvalidArgumentError(
        "attachments.store is s3: attachments.s3_url, s3_bucket, s3_access_key_id and "
        "s3_secret_access_key are needed");
  }
  http::ClientOptions options;
  options.response_bytes_max = kCleanBytesMax + (std::size_t{64} << 10);
  // Threads of its own: a slow bucket delays nobody else.
  auto& threads = parts.Own<async::WorkerPool>(async::WorkerPoolOptions{.threads = 8});
  auto& client = parts.Own<http::Client>(threads, options);
  const auto& clock = parts.Own<SystemClock>();
  return &parts.Own<S3BlobStore>(client, clock, s3);
}

/// Keeps files where the settings say.
inline absl::StatusOr<BlobStore*> BuildBlobs(process::Parts& parts, process::Environment& env,
                                             const AttachmentConfig& config) {
  if (config.store == "s3") return BuildS3(parts, config);
  return &BuildDisk(parts, env, config);
}

/// Builds attachments and has them served; gives their store, or why not, for the operator.
inline absl::StatusOr<AttachmentStore*> AddAttachments(process::Parts& parts,
                                                       process::Environment& env,
                                                       const AttachmentConfig& config,
                                                       const Vault& vault, ConsentCheck& consents) {
  ASSIGN_OR_RETURN(SignedLinks loaded,
                   SignedLinks::Load(config.link_key_file, config.former_link_key_file));
  const auto& links = parts.Own<SignedLinks>(std::move(loaded));
  InspectorOptions inspection = config.inspector;
  if (inspection.program.empty()) inspection.program = InspectorBeside();
  auto& inspector = parts.Own<ConfinedInspector>(inspection, CountInspections(env.metrics()));
  auto& store = parts.Own<PostgresAttachmentStore>(env.postgres(), vault, env.ids(), env.workers());
  ASSIGN_OR_RETURN(BlobStore* const blobs, BuildBlobs(parts, env, config));
  const AttachmentParts needed{store, inspector, *blobs, links, consents};
  auto& attachments = parts.Own<Attachments>(needed, env.clock(), env.ids(), config.limits);
  parts.Serve<AttachmentHandlers>(env.seam(), attachments, config.uploads);
  AddDownloadDoor(parts, env, config.address, attachments);
  process::Loop sweeping;
  sweeping.name = "attachment_sweep";
  sweeping.interval = config.sweep_interval;
  sweeping.round = [&attachments] { return attachments.Sweep(); };
  parts.loops.push_back(std::move(sweeping));
  return &store;
}

}  // namespace houbu::account
