// The zip file of a bill, and the encoding of what is in it.
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <zip.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"

#include "libs/base/status_macros.h"
#include "services/payment/peers/alipay_bill.h"

namespace houbu::payment {
namespace {

constexpr zip_uint64_t kBytesMax = zip_uint64_t{64} << 20;
constexpr zip_int64_t kEntriesMax = 16;
constexpr char kTitle[] = "#支付宝业务明细查询";

struct Closer {
  void operator()(zip_t* archive) const { zip_discard(archive); }
  void operator()(zip_file_t* file) const { zip_fclose(file); }
  void operator()(UConverter* converter) const { ucnv_close(converter); }
};

absl::StatusOr<std::string> Utf8Of(const std::string& bytes) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UConverter, Closer> converter(ucnv_open("gb18030", &error));
  // What is no GB18030 ends it, instead of becoming a question mark.
  if (U_SUCCESS(error)) {
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr,
                        &error);
  }
  if (U_FAILURE(error)) return Refuse(kAlipayBillMalformed);
  std::vector<UChar> units(bytes.size() + 1);
  const std::int32_t count =
      ucnv_toUChars(converter.get(), units.data(), static_cast<std::int32_t>(units.size()),
                    bytes.data(), static_cast<std::int32_t>(bytes.size()), &error);
  if (U_FAILURE(error)) return Refuse(kAlipayBillMalformed);
  std::string text;
  icu::UnicodeString(false, units.data(), count).toUTF8String(text);
  return text;
}

absl::StatusOr<std::string> ReadEntry(zip_t* archive, zip_uint64_t index) {
  zip_stat_t entry;
  if (zip_stat_index(archive, index, 0, &entry) != 0 || entry.size > kBytesMax) {
    return Refuse(kAlipayBillMalformed);
  }
  const std::unique_ptr<zip_file_t, Closer> file(zip_fopen_index(archive, index, 0));
  std::string bytes(static_cast<std::size_t>(entry.size), '\0');
  if (!file ||
      zip_fread(file.get(), bytes.data(), entry.size) != static_cast<zip_int64_t>(entry.size)) {
    return Refuse(kAlipayBillMalformed);
  }
  // One byte more than promised, or a checksum that does not fit: libzip says so only here.
  char more = 0;
  if (zip_fread(file.get(), &more, 1) != 0) return Refuse(kAlipayBillMalformed);
  return bytes;
}

}  // namespace

absl::StatusOr<std::string> UnpackAlipayBill(absl::string_view zip) {
  zip_error_t error;
  zip_error_init(&error);
  zip_source_t* const source = zip_source_buffer_create(zip.data(), zip.size(), 0, &error);
  if (source == nullptr) return Refuse(kAlipayBillMalformed);
  const std::unique_ptr<zip_t, Closer> archive(zip_open_from_source(source, ZIP_RDONLY, &error));
  if (!archive) {
    zip_source_free(source);
    return Refuse(kAlipayBillMalformed);
  }
  const zip_int64_t count = zip_get_num_entries(archive.get(), 0);
  if (count > kEntriesMax) return Refuse(kAlipayBillMalformed);
  // By what they begin with: their names are in GBK and do not say so.
  for (zip_int64_t i = 0; i < count; ++i) {
    ASSIGN_OR_RETURN(const std::string bytes,
                     ReadEntry(archive.get(), static_cast<zip_uint64_t>(i)));
    ASSIGN_OR_RETURN(std::string text, Utf8Of(bytes));
    if (absl::StartsWith(text, kTitle)) return text;
  }
  return Refuse(kAlipayBillMalformed);
}

}  // namespace houbu::payment
