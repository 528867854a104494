#include "services/account/inspect/test_files.h"

#include <zlib.h>

#include <cstdlib>

// jpeglib.h needs what comes before it and does not say so.
// clang-format off
#include <cstdio>
#include <jpeglib.h>
// clang-format on

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFWriter.hh>

namespace houbu::account {
namespace {

std::string Big(std::uint32_t number) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) {
    bytes.push_back(static_cast<char>((number >> shift) & 0xff));
  }
  return bytes;
}

std::string Written(QPDFWriter& writer) {
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return std::string(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
}

std::size_t RowSize(const PngForm& form) {
  const int channels = form.colour == 6 ? 4 : form.colour == 2 ? 3 : 1;
  return (std::size_t{form.width} * static_cast<std::size_t>(channels * form.depth) + 7) / 8;
}

}  // namespace

std::string Deflate(const std::string& text) {
  uLongf size = compressBound(text.size());
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef*>(packed.data()), &size,
            reinterpret_cast<const Bytef*>(text.data()), text.size(), 9);
  packed.resize(size);
  return packed;
}

std::string PngChunk(absl::string_view type, absl::string_view body) {
  const std::string typed = absl::StrCat(type, body);
  const auto checksum = static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(typed.data()), static_cast<uInt>(typed.size())));
  return absl::StrCat(Big(static_cast<std::uint32_t>(body.size())), typed, Big(checksum));
}

std::string MakePng(const PngForm& form) {
  std::string header = absl::StrCat(Big(form.width), Big(form.height));
  for (const int byte : {form.depth, form.colour, 0, 0, 0}) {
    header.push_back(static_cast<char>(byte));
  }
  std::string rows;
  for (std::uint32_t y = 0; form.has_pixels && y < form.height; ++y) {
    rows.push_back('\0');
    for (std::size_t x = 0; x < RowSize(form); ++x) {
      rows.push_back(form.colour == 3 ? '\0' : static_cast<char>(x * 7 + y * 13));
    }
  }
  return absl::StrCat("\x89PNG\r\n\x1a\n", PngChunk("IHDR", header), form.before,
                      PngChunk("IDAT", Deflate(rows)), form.after, PngChunk("IEND", ""));
}

std::string MakeJpeg(const JpegForm& form) {
  jpeg_error_mgr errors{};
  jpeg_compress_struct codec{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_compress(&codec);
  unsigned char* written = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&codec, &written, &size);
  codec.image_width = form.width;
  codec.image_height = form.height;
  codec.input_components = form.channels;
  codec.in_color_space = form.channels == 1   ? JCS_GRAYSCALE
                         : form.channels == 3 ? JCS_RGB
                                              : JCS_CMYK;
  jpeg_set_defaults(&codec);
  jpeg_set_quality(&codec, 95, TRUE);
  codec.arith_code = form.is_arithmetic ? TRUE : FALSE;
  if (form.is_progressive) {
    jpeg_simple_progression(&codec);
  }
  jpeg_start_compress(&codec, TRUE);
  for (const auto& [marker, body] : form.segments) {
    jpeg_write_marker(&codec, marker, reinterpret_cast<const JOCTET*>(body.data()),
                      static_cast<unsigned>(body.size()));
  }
  for (std::uint32_t y = 0; y < form.height; ++y) {
    std::vector<JSAMPLE> row;
    for (std::uint32_t x = 0; x < form.width; ++x) {
      const std::size_t colour = y < form.height / 4 ? 1 : x < form.width / 2 ? 0 : 2;
      for (std::size_t channel = 0; channel < 3; ++channel) {
        // Adobe's inks are inverted: full ink is 0, so light and ink read the same.
        row.push_back(channel == colour ? 250 : 5);
      }
      if (form.channels == 4) row.push_back(255);
    }
    if (form.channels == 1) row.resize(form.width);
    JSAMPROW rows[] = {row.data()};
    jpeg_write_scanlines(&codec, rows, 1);
  }
  jpeg_finish_compress(&codec);
  jpeg_destroy_compress(&codec);
  std::string jpeg(reinterpret_cast<const char*>(written), size);
  std::free(written);
  return jpeg;
}

std::string Exif(int orientation) {
  std::string body("Exif\0\0MM\0\x2a\0\0\0\x08\0\x02", 16);
  body += std::string("\x01\x12\0\x03\0\0\0\x01\0", 9);
  body.push_back(static_cast<char>(orientation));
  body += std::string("\0\0", 2);
  body += std::string("\x88\x25\0\x04\0\0\0\x01\0\0\0\x26", 12);  // Where its GPS data stand.
  return body + "GPS 45.0479N 131.9986E";
}

Pixels DecodeJpeg(const std::string& jpeg) {
  jpeg_error_mgr errors{};
  jpeg_decompress_struct codec{};
  codec.err = jpeg_std_error(&errors);
  jpeg_create_decompress(&codec);
  jpeg_mem_src(&codec, reinterpret_cast<const unsigned char*>(jpeg.data()), jpeg.size());
  jpeg_read_header(&codec, TRUE);
  jpeg_start_decompress(&codec);
  Pixels pixels;
  pixels.width = codec.output_width;
  pixels.height = codec.output_height;
  pixels.channels = codec.output_components;
  const std::size_t row = std::size_t{pixels.width} * static_cast<std::size_t>(pixels.channels);
  pixels.bytes.resize(row * pixels.height);
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW rows[] = {
        reinterpret_cast<JSAMPLE*>(pixels.bytes.data() + row * codec.output_scanline)};
    jpeg_read_scanlines(&codec, rows, 1);
  }
  jpeg_finish_decompress(&codec);
  jpeg_destroy_decompress(&codec);
  return pixels;
}

char Pixels::At(std::uint32_t x, std::uint32_t y) const {
  const std::size_t at = (std::size_t{y} * width + x) * static_cast<std::size_t>(channels);
  const auto light = [this, at](std::size_t channel) {
    return static_cast<unsigned char>(bytes[at + channel]);
  };
  if (light(0) > light(1) && light(0) > light(2)) return 'r';
  return light(1) > light(2) ? 'g' : 'b';
}

std::string MakePdf(const std::vector<std::string>& objects, absl::string_view trailer) {
  std::string pdf = "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n";
  std::string table = absl::StrCat("xref\n0 ", objects.size() + 1, "\n0000000000 65535 f \n");
  for (std::size_t i = 0; i < objects.size(); ++i) {
    absl::StrAppend(&table, absl::StrFormat("%010d 00000 n \n", pdf.size()));
    absl::StrAppend(&pdf, i + 1, " 0 obj\n", objects[i], "\nendobj\n");
  }
  const std::size_t place = pdf.size();
  return absl::StrCat(pdf, table, "trailer\n<< /Size ", objects.size() + 1, " /Root 1 0 R ",
                      trailer, " >>\nstartxref\n", place, "\n%%EOF\n");
}

std::vector<std::string> PdfObjects(int pages, absl::string_view catalogue,
                                    absl::string_view page) {
  std::vector<std::string> objects = {
      absl::StrCat("<< /Type /Catalog /Pages 2 0 R ", catalogue, " >>"), "",
      PdfStream("", "0 0 10 10 re f")};
  std::string kids;
  for (int i = 0; i < pages; ++i) {
    absl::StrAppend(&kids, i + 4, " 0 R ");
    objects.push_back(
        absl::StrCat("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 3 0 R ",
                     "/Resources << >> ", page, " >>"));
  }
  objects[1] = absl::StrCat("<< /Type /Pages /Count ", pages, " /Kids [", kids, "] >>");
  return objects;
}

std::string PdfStream(absl::string_view dictionary, absl::string_view stream) {
  return absl::StrCat("<< /Length ", stream.size(), " ", dictionary, " >>\nstream\n", stream,
                      "\nendstream");
}

std::string PackPdf(const std::string& pdf) {
  QPDF source;
  source.processMemoryFile("test", pdf.data(), pdf.size());
  QPDFWriter writer(source);
  writer.setOutputMemory();
  writer.setObjectStreamMode(qpdf_o_generate);
  return Written(writer);
}

std::string EncryptPdf(const std::string& pdf, const std::string& password) {
  QPDF source;
  source.processMemoryFile("test", pdf.data(), pdf.size());
  QPDFWriter writer(source);
  writer.setOutputMemory();
  writer.setR6EncryptionParameters(password.c_str(), "owner", true, false, true, true, true, true,
                                   qpdf_r3p_full, true);
  return Written(writer);
}

}  // namespace houbu::account
