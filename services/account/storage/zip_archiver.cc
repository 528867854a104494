#include "services/account/storage/zip_archiver.h"

#include <zip.h>

#include <memory>

namespace houbu::account {
namespace {

absl::Status Failed() { return absl::UnavailableError("there is no memory to pack an export"); }

/// Owns what the zip is written to.
using Source = std::unique_ptr<zip_source_t, decltype(&zip_source_free)>;

/// Adds the files and writes the zip's end; the archive is over afterwards.
absl::Status Write(zip_t* archive, const std::vector<ExportedFile>& files) {
  for (const ExportedFile& file : files) {
    zip_source_t* const content =
        zip_source_buffer(archive, file.content.data(), file.content.size(), 0);
    if (content == nullptr) {
      zip_discard(archive);
      return Failed();
    }
    if (zip_file_add(archive, file.name.c_str(), content, ZIP_FL_ENC_UTF_8) < 0) {
      zip_source_free(content);
      zip_discard(archive);
      return Failed();
    }
  }
  if (zip_close(archive) != 0) {
    zip_discard(archive);
    return Failed();
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> Read(zip_source_t* written) {
  zip_stat_t stat;
  zip_stat_init(&stat);
  if (zip_source_stat(written, &stat) != 0 || zip_source_open(written) != 0) {
    return Failed();
  }
  std::string bytes(stat.size, '\0');
  const zip_int64_t read = zip_source_read(written, bytes.data(), bytes.size());
  zip_source_close(written);
  if (read < 0 || static_cast<zip_uint64_t>(read) != stat.size) {
    return Failed();
  }
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> ZipArchiver::Pack(const std::vector<ExportedFile>& files) const {
  zip_error_t error;
  zip_error_init(&error);
  const Source target(zip_source_buffer_create(nullptr, 0, 0, &error), &zip_source_free);
  if (target == nullptr) {
    return Failed();
  }
  zip_source_keep(target.get());  // the archive lets go of its own share when it is over
  zip_t* const archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, &error);
  if (archive == nullptr) {
    zip_source_free(target.get());
    return Failed();
  }
  const absl::Status written = Write(archive, files);
  if (!written.ok()) {
    return written;
  }
  return Read(target.get());
}

}  // namespace houbu::account
