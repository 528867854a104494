#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

// jpeglib.h needs what comes before it and does not say so; jerror.h belongs after it.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
#include <jerror.h>
// clang-format on

#include "services/account/inspect/answer.h"
#include "services/account/inspect/cleaning.h"
#include "services/account/inspect/orientation.h"

namespace houbu::account {
namespace {

constexpr unsigned kApp1Max = 0xffff;
// A progressive picture has a handful; each costs a pass over all its pixels.
constexpr int kScansMax = 100;
// Harmless ones, such as bytes between segments; a picture of nothing else is none.
constexpr long kWarningsMax = 100;
constexpr int kQualities[] = {90, 80, 70, 60};
constexpr int kApp1 = JPEG_APP0 + 1;

// An upright picture.
struct Picture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int channels = 3;
  std::vector<JSAMPLE> pixels;
};

[[noreturn]] void OnError(j_common_ptr codec) {
  switch (codec->err->msg_code) {
    case JERR_BAD_PRECISION:
    case JERR_SOF_UNSUPPORTED:
    case JERR_ARITH_NOTIMPL:
    case JERR_CONVERSION_NOTIMPL:
      AnswerRefusal(kAttachmentVariety);
    case JERR_IMAGE_TOO_BIG:
      AnswerRefusal(kAttachmentTooManyPixels);
    case JERR_OUT_OF_MEMORY:
      AnswerRefusal(kAttachmentUnreadable);
    default:
      AnswerRefusal(kAttachmentDamaged);
  }
}

void OnMessage(j_common_ptr codec, int level) {
  if (level >= 0) {
    return;
  }
  const int code = codec->err->msg_code;
  // The library would make up grey where the file ends.
  if (code == JWRN_JPEG_EOF || code == JWRN_HIT_MARKER || code == JWRN_HUFF_BAD_CODE ||
      ++codec->err->num_warnings > kWarningsMax) {
    AnswerRefusal(kAttachmentDamaged);
  }
}

void OnProgress(j_common_ptr codec) {
  if (codec->is_decompressor != 0 &&
      reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number > kScansMax) {
    AnswerRefusal(kAttachmentUnreadable);
  }
}

jpeg_error_mgr Errors() {
  jpeg_error_mgr errors{};
  jpeg_std_error(&errors);
  errors.error_exit = OnError;
  errors.emit_message = OnMessage;
  return errors;
}

Orientation SavedOrientation(const jpeg_decompress_struct& codec) {
  for (const jpeg_marker_struct* saved = codec.marker_list; saved != nullptr; saved = saved->next) {
    if (saved->marker == kApp1) {
      const Orientation orientation = OrientationOf(
          absl::string_view(reinterpret_cast<const char*>(saved->data), saved->data_length));
      if (orientation != kUpright) {
        return orientation;
      }
    }
  }
  return kUpright;
}

void CheckSize(const jpeg_decompress_struct& codec) {
  if (codec.image_width > kImageSideMax || codec.image_height > kImageSideMax ||
      std::uint64_t{codec.image_width} * codec.image_height > kImagePixelsMax) {
    AnswerRefusal(kAttachmentTooManyPixels);
  }
}

// Four inks become three lights: what programs show who know no colour profiles. Adobe's programs
// write the inks inverted, and say so by a segment of theirs.
void MixInks(std::vector<JSAMPLE>& row, std::uint32_t width, bool inverted) {
  for (std::size_t x = 0; x < width; ++x) {
    const unsigned black = row[4 * x + 3];
    const unsigned key = inverted ? black : 255U - black;
    for (std::size_t channel = 0; channel < 3; ++channel) {
      const unsigned ink = row[4 * x + channel];
      row[3 * x + channel] = static_cast<JSAMPLE>((inverted ? ink : 255U - ink) * key / 255U);
    }
  }
}

// Places a decoded row where it belongs in the upright picture.
void PlaceRow(const std::vector<JSAMPLE>& row, const jpeg_decompress_struct& codec, std::uint32_t y,
              Orientation orientation, Picture& picture) {
  const auto channels = static_cast<std::size_t>(picture.channels);
  if (orientation == kUpright) {
    std::memcpy(picture.pixels.data() + std::size_t{y} * picture.width * channels, row.data(),
                picture.width * channels);
    return;
  }
  for (std::uint32_t x = 0; x < codec.output_width; ++x) {
    const Place to = PlaceOf(orientation, {x, y}, codec.output_width, codec.output_height);
    std::memcpy(picture.pixels.data() + (std::size_t{to.y} * picture.width + to.x) * channels,
                row.data() + x * channels, channels);
  }
}

void ChooseColours(jpeg_decompress_struct& codec) {
  if (codec.jpeg_color_space == JCS_CMYK || codec.jpeg_color_space == JCS_YCCK) {
    codec.out_color_space = JCS_CMYK;
  } else if (codec.jpeg_color_space != JCS_GRAYSCALE) {
    codec.out_color_space = JCS_RGB;
  }
}

void ReadPicture(const std::string& bytes, Picture& picture) {
  jpeg_error_mgr errors = Errors();
  jpeg_progress_mgr progress{};
  progress.progress_monitor = OnProgress;
  jpeg_decompress_struct codec{};
  codec.err = &errors;
  jpeg_create_decompress(&codec);
  codec.progress = &progress;
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  jpeg_save_markers(&codec, kApp1, kApp1Max);
  jpeg_read_header(&codec, TRUE);
  CheckSize(codec);
  ChooseColours(codec);
  jpeg_start_decompress(&codec);
  const Orientation orientation = SavedOrientation(codec);
  picture.width = SwapsSides(orientation) ? codec.output_height : codec.output_width;
  picture.height = SwapsSides(orientation) ? codec.output_width : codec.output_height;
  picture.channels = codec.output_components == 1 ? 1 : 3;
  picture.pixels.resize(std::size_t{picture.width} * picture.height *
                        static_cast<std::size_t>(picture.channels));
  std::vector<JSAMPLE> row(std::size_t{codec.output_width} *
                           static_cast<std::size_t>(codec.output_components));
  while (codec.output_scanline < codec.output_height) {
    const std::uint32_t y = codec.output_scanline;
    JSAMPROW rows[] = {row.data()};
    jpeg_read_scanlines(&codec, rows, 1);
    if (codec.out_color_space == JCS_CMYK) {
      MixInks(row, codec.output_width, codec.saw_Adobe_marker != FALSE);
    }
    PlaceRow(row, codec, y, orientation, picture);
  }
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
}

std::string WritePicture(Picture& picture, int quality) {
  jpeg_error_mgr errors = Errors();
  jpeg_compress_struct codec{};
  codec.err = &errors;
  jpeg_create_compress(&codec);
  unsigned char* written = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &written, &size);
  codec.image_width = picture.width;
  codec.image_height = picture.height;
  codec.input_components = picture.channels;
  codec.in_color_space = picture.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, quality, TRUE);
  jpeg_start_compress(&codec, TRUE);
  const std::size_t stride =
      std::size_t{picture.width} * static_cast<std::size_t>(picture.channels);
  while (codec.next_scanline < codec.image_height) {
    JSAMPROW rows[] = {picture.pixels.data() + stride * codec.next_scanline};
    jpeg_write_scanlines(&codec, rows, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string content(reinterpret_cast<const char*>(written), size);
  std::free(written);
  return content;
}

}  // namespace

void CleanJpeg(const std::string& bytes) {
  Picture picture;
  ReadPicture(bytes, picture);
  CleanFile file;
  file.type = FileType::kJpeg;
  file.width = picture.width;
  file.height = picture.height;
  // What was small at a low quality need not grow beyond what it was allowed to be.
  for (const int quality : kQualities) {
    file.content = WritePicture(picture, quality);
    if (file.content.size() <= kAttachmentBytesMax) {
      break;
    }
  }
  AnswerClean(file);
}

}  // namespace houbu::account
