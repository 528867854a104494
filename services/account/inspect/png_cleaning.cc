#include <png.h>

#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "services/account/inspect/answer.h"
#include "services/account/inspect/cleaning.h"

namespace houbu::account {
namespace {

constexpr std::size_t kSignatureSize = 8;
constexpr std::size_t kChunkFrame = 12;  // Length, type and checksum.
constexpr std::size_t kHeaderSize = 13;
constexpr int kChunksMax = 20'000;

std::uint32_t Number(absl::string_view bytes) {
  std::uint32_t number = 0;
  for (const char byte : bytes.substr(0, 4)) {
    number = (number << 8) | static_cast<unsigned char>(byte);
  }
  return number;
}

// Refuses a size before anything is made of it.
void CheckSize(std::uint32_t width, std::uint32_t height) {
  if (width == 0 || height == 0) {
    AnswerRefusal(kAttachmentDamaged);
  }
  if (width > kImageSideMax || height > kImageSideMax ||
      std::uint64_t{width} * height > kImagePixelsMax) {
    AnswerRefusal(kAttachmentTooManyPixels);
  }
}

// Gives the chunks that make the picture. The others, texts and profiles that unpack to gigabytes
// among them, are never looked into, and what follows the end is no part of the file.
std::string PictureOf(absl::string_view png) {
  std::string picture(png.substr(0, kSignatureSize));
  absl::string_view rest = png.substr(kSignatureSize);
  for (int chunk = 0; chunk < kChunksMax; ++chunk) {
    if (rest.size() < kChunkFrame || Number(rest) > rest.size() - kChunkFrame) {
      AnswerRefusal(kAttachmentDamaged);
    }
    const std::size_t size = Number(rest);
    const absl::string_view type = rest.substr(4, 4);
    const bool is_header = type == "IHDR";
    if (is_header != (chunk == 0) || (is_header && size != kHeaderSize)) {
      AnswerRefusal(kAttachmentDamaged);
    }
    if (is_header) {
      CheckSize(Number(rest.substr(8)), Number(rest.substr(12)));
    }
    if (type == "acTL") {
      AnswerRefusal(kAttachmentAnimated);
    }
    if (is_header || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND") {
      picture.append(rest.data(), size + kChunkFrame);
    }
    rest.remove_prefix(size + kChunkFrame);
    if (type == "IEND") {
      return picture;
    }
  }
  AnswerRefusal(kAttachmentUnreadable);
}

[[noreturn]] void OnError(png_structp, png_const_charp) { AnswerRefusal(kAttachmentDamaged); }

// Of what is left of the file, warnings are about the picture itself.
void OnWarning(png_structp, png_const_charp) {}

void OnRead(png_structp png, png_bytep to, std::size_t size) {
  auto& source = *static_cast<absl::string_view*>(png_get_io_ptr(png));
  if (size > source.size()) {
    AnswerRefusal(kAttachmentDamaged);
  }
  std::memcpy(to, source.data(), size);
  source.remove_prefix(size);
}

void OnWrite(png_structp png, png_bytep from, std::size_t size) {
  auto& content = *static_cast<std::string*>(png_get_io_ptr(png));
  content.append(reinterpret_cast<const char*>(from), size);
  if (content.size() > kCleanBytesMax) {
    AnswerRefusal(kAttachmentTooManyPixels);
  }
}

// A picture in memory, as it is read and as it is written.
struct Picture {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  int depth = 8;
  int colour = PNG_COLOR_TYPE_RGB;
  std::vector<png_color> palette;
  std::vector<png_byte> palette_alpha;
  bool has_transparent_colour = false;
  png_color_16 transparent_colour{};
  std::vector<png_byte> pixels;
  std::vector<png_bytep> rows;
};

void ReadColours(png_structp png, png_infop header, Picture& picture) {
  png_colorp palette = nullptr;
  int colours = 0;
  if (png_get_PLTE(png, header, &palette, &colours) != 0 &&
      picture.colour == PNG_COLOR_TYPE_PALETTE) {
    picture.palette.assign(palette, palette + colours);
  }
  png_bytep alpha = nullptr;
  int alphas = 0;
  png_color_16p colour = nullptr;
  if (png_get_tRNS(png, header, &alpha, &alphas, &colour) == 0) {
    return;
  }
  if (picture.colour == PNG_COLOR_TYPE_PALETTE) {
    picture.palette_alpha.assign(alpha, alpha + alphas);
  } else if (colour != nullptr && picture.depth <= 8) {
    // Of 16 bits half are dropped, and one transparent colour would become many.
    picture.has_transparent_colour = png_get_bit_depth(png, header) <= 8;
    picture.transparent_colour = *colour;
  }
}

void ReadPicture(absl::string_view source, Picture& picture) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, nullptr, OnError, OnWarning);
  png_infop header = png == nullptr ? nullptr : png_create_info_struct(png);
  if (header == nullptr) {
    AnswerRefusal(kAttachmentUnreadable);
  }
  png_set_read_fn(png, &source, OnRead);
  png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_benign_errors(png, 0);
  png_read_info(png, header);
  picture.width = png_get_image_width(png, header);
  picture.height = png_get_image_height(png, header);
  CheckSize(picture.width, picture.height);
  png_set_strip_16(png);
  png_set_interlace_handling(png);
  picture.depth = png_get_bit_depth(png, header) == 16 ? 8 : png_get_bit_depth(png, header);
  picture.colour = png_get_color_type(png, header);
  ReadColours(png, header, picture);
  png_read_update_info(png, header);
  const std::size_t row = png_get_rowbytes(png, header);
  picture.pixels.resize(row * picture.height);
  for (std::uint32_t y = 0; y < picture.height; ++y) {
    picture.rows.push_back(picture.pixels.data() + row * y);
  }
  png_read_image(png, picture.rows.data());
  png_read_end(png, nullptr);
}

std::string WritePicture(Picture& picture) {
  std::string content;
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, nullptr, OnError, OnWarning);
  png_infop header = png == nullptr ? nullptr : png_create_info_struct(png);
  if (header == nullptr) {
    AnswerRefusal(kAttachmentUnreadable);
  }
  png_set_write_fn(png, &content, OnWrite, nullptr);
  png_set_IHDR(png, header, picture.width, picture.height, picture.depth, picture.colour,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  if (!picture.palette.empty()) {
    png_set_PLTE(png, header, picture.palette.data(), static_cast<int>(picture.palette.size()));
  }
  if (!picture.palette_alpha.empty()) {
    png_set_tRNS(png, header, picture.palette_alpha.data(),
                 static_cast<int>(picture.palette_alpha.size()), nullptr);
  } else if (picture.has_transparent_colour) {
    png_set_tRNS(png, header, nullptr, 0, &picture.transparent_colour);
  }
  png_write_info(png, header);
  png_write_image(png, picture.rows.data());
  png_write_end(png, nullptr);
  return content;
}

}  // namespace

void CleanPng(const std::string& bytes) {
  const std::string source = PictureOf(bytes);
  Picture picture;
  ReadPicture(source, picture);
  CleanFile file;
  file.type = FileType::kPng;
  file.width = picture.width;
  file.height = picture.height;
  file.content = WritePicture(picture);
  AnswerClean(file);
}

}  // namespace houbu::account
