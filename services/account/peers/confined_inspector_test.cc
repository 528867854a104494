#include "services/account/peers/confined_inspector.h"

#include <unistd.h>

#include <array>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include <boost/asio/io_context.hpp>
#include <catch2/catch.hpp>

#include "libs/testing/run_task.h"
#include "services/account/inspect/test_files.h"

namespace houbu::account {
namespace {

using namespace std::string_literals;

/// Where this program stands; houbu-inspect stands beside it.
std::string InspectProgram() {
  std::array<char, 4096> path{};
  const ssize_t size = readlink("/proc/self/exe", path.data(), path.size());
  REQUIRE(size > 0);
  const std::string self(path.data(), static_cast<std::size_t>(size));
  return self.substr(0, self.rfind('/')) + "/houbu-inspect";
}

/// Inspects files and remembers how it went.
class Inspection final {
 public:
  explicit Inspection(InspectorOptions options = {}) {
    if (options.program.empty()) options.program = InspectProgram();
    inspector_ = std::make_unique<ConfinedInspector>(options, [this](absl::string_view outcome) {
      const std::lock_guard<std::mutex> lock(mutex_);
      ++outcomes_[std::string(outcome)];
    });
  }

  absl::StatusOr<CleanFile> Of(std::string bytes) {
    return testing::RunTask(
        loop_, inspector_->Inspect(std::make_shared<const std::string>(std::move(bytes))));
  }

  int CountOf(const std::string& outcome) {
    const std::lock_guard<std::mutex> lock(mutex_);
    return outcomes_[outcome];
  }

 private:
  boost::asio::io_context loop_{1};  // Outlives the threads that post to it.
  std::mutex mutex_;
  std::map<std::string, int> outcomes_;
  std::unique_ptr<ConfinedInspector> inspector_;
};

/// A chunk that unpacks to a gigabyte of blanks.
std::string TextBomb() {
  const std::string packed = Deflate(std::string(std::size_t{64} << 20, ' '));
  return PngChunk("zTXt", absl::StrCat("Comment", "\0\0"s, packed));
}

std::string AnimatedPng() {
  PngForm form;
  form.before = PngChunk("acTL", "\0\0\0\2\0\0\0\0"s);
  return MakePng(form);
}

std::string TwelveBits() {
  std::string jpeg = MakeJpeg({});
  const std::size_t frame = jpeg.find("\xff\xc0"s);
  REQUIRE(frame != std::string::npos);
  jpeg[frame + 4] = 12;
  return jpeg;
}

/// A document with one object more, which `catalogue` may refer to by its number, 5.
std::string PdfWith(absl::string_view catalogue, const std::string& object) {
  std::vector<std::string> objects = PdfObjects(1, catalogue);
  objects.push_back(object);
  return MakePdf(objects);
}

std::string XrefLoop() {
  const std::string pdf = MakePdf(PdfObjects(1));
  const std::size_t place = pdf.rfind("xref\n0");
  return absl::StrReplaceAll(pdf, {{"/Root", absl::StrCat("/Prev ", place, " /Root")}});
}

struct Refused {
  std::string what;
  std::string bytes;
  Refusal refusal;
};

std::vector<Refused> RefusedImages() {
  const std::string jpeg = MakeJpeg({});
  const std::string png = MakePng({});
  PngForm huge;
  huge.width = 50'000;
  huge.height = 50'000;
  huge.has_pixels = false;
  PngForm many;
  many.width = 16'000;
  many.height = 2'001;
  many.has_pixels = false;
  JpegForm arithmetic;
  arithmetic.is_arithmetic = true;
  std::string wide = jpeg;
  const std::size_t frame = wide.find("\xff\xc0"s);
  wide.replace(frame + 5, 4, "\xff\xff\xff\xff");
  return {
      {"0 bytes", "", kAttachmentEmpty},
      {"5 MiB + 1", jpeg + std::string(kAttachmentBytesMax + 1 - jpeg.size(), '\0'),
       kAttachmentTooLarge},
      {"HTML called JPG", "<html><script>alert(1)</script></html>", kAttachmentTypeUnknown},
      {"GIFAR", "GIF89a" + jpeg + "PK\x03\x04", kAttachmentTypeUnknown},
      {"ZIP before a PDF", "PK\x03\x04" + MakePdf(PdfObjects(1)), kAttachmentTypeUnknown},
      {"multipart body", "--b\r\nContent-Type: image/jpeg\r\n\r\n" + jpeg + "\r\n--b--\r\n",
       kAttachmentTypeUnknown},
      {"JPG's first bytes before HTML", "\xff\xd8\xff<html></html>", kAttachmentDamaged},
      {"PNG's first bytes before HTML", "\x89PNG\r\n\x1a\n<html><body></body></html>",
       kAttachmentDamaged},
      {"PDF's first bytes before HTML", "%PDF-1.7<html></html>", kAttachmentDamaged},
      {"PNG of 50k x 50k", MakePng(huge), kAttachmentTooManyPixels},
      {"PNG of 32,016,000 pixels", MakePng(many), kAttachmentTooManyPixels},
      {"JPG of 65,535 x 65,535", wide, kAttachmentTooManyPixels},
      {"animated PNG", AnimatedPng(), kAttachmentAnimated},
      {"JPG of 12 bits", TwelveBits(), kAttachmentVariety},
      {"PNG cut short", png.substr(0, png.size() - 20), kAttachmentDamaged},
      {"PNG without end", png.substr(0, png.size() - 12), kAttachmentDamaged},
      {"PNG with a wrong checksum", absl::StrReplaceAll(png, {{"IDAT", "IDAT\1"}}),
       kAttachmentDamaged},
      {"PNG with pixels missing", MakePng({.height = 60, .has_pixels = false}), kAttachmentDamaged},
      {"JPG cut short", jpeg.substr(0, jpeg.size() - 40), kAttachmentDamaged},
      {"JPG without pixels", jpeg.substr(0, frame), kAttachmentDamaged},
  };
}

std::vector<Refused> RefusedDocuments() {
  const std::string pdf = MakePdf(PdfObjects(1));
  return {
      {"PDF cut short", pdf.substr(0, pdf.size() / 2), kAttachmentDamaged},
      {"PDF without pages", MakePdf(PdfObjects(0)), kAttachmentDamaged},
      {"PDF for a password", EncryptPdf(pdf, "secret"), kAttachmentEncrypted},
      {"PDF that forbids", EncryptPdf(pdf, ""), kAttachmentEncrypted},
      {"PDF of 51 pages", MakePdf(PdfObjects(51)), kAttachmentTooManyPages},
      {"PDF of 10k pages", MakePdf(PdfObjects(10'000)), kAttachmentTooManyPages},
      {"PDF whose tables go in circles", XrefLoop(), kAttachmentDamaged},
      {"PDF with a named script",
       PdfWith("/Names << /JavaScript 5 0 R >>", "<< /Names [(a) << /S /JavaScript >>] >>"),
       kAttachmentActive},
      {"PDF that runs a script", PdfWith("/OpenAction 5 0 R", "<< /S /JavaScript /JS (1) >>"),
       kAttachmentActive},
      {"PDF with a script nobody calls", PdfWith("", "[ [ << /X << /JS (1) >> >> ] ]"),
       kAttachmentActive},
      {"PDF with a script, spelt otherwise", PdfWith("", "<< /S /J#61vaScript /J#53 (1) >>"),
       kAttachmentActive},
      {"PDF with a script, packed", PackPdf(PdfWith("/X 5 0 R", "<< /JS (1) >>")),
       kAttachmentActive},
      {"PDF that starts a program", PdfWith("", "<< /S /Launch /F (cmd.exe) >>"),
       kAttachmentActive},
      {"PDF that opens a page of the web",
       PdfWith("/OpenAction << /S /URI /URI (http://x.example) >>", "null"), kAttachmentActive},
      {"PDF that sends its form", PdfWith("", "<< /S /SubmitForm /F (http://x.example) >>"),
       kAttachmentActive},
      {"PDF whose page runs a script",
       MakePdf(PdfObjects(1, "", "/AA << /O << /S /JavaScript /JS (1) >> >>")), kAttachmentActive},
      {"PDF with a file", PdfWith("/Names << /EmbeddedFiles << /Names [] >> >>", "null"),
       kAttachmentEmbedsFiles},
      {"PDF with a file nobody names", PdfWith("", PdfStream("/Type /EmbeddedFile", "MZ")),
       kAttachmentEmbedsFiles},
      {"PDF with a file on its page", PdfWith("", "<< /Type /Annot /Subtype /FileAttachment >>"),
       kAttachmentEmbedsFiles},
      {"PDF with rich media", PdfWith("", "<< /Type /Annot /Subtype /RichMedia >>"),
       kAttachmentEmbedsMedia},
      {"PDF that is an XFA form", PdfWith("/AcroForm << /XFA 5 0 R >>", PdfStream("", "<x/>")),
       kAttachmentXfa},
  };
}

}  // namespace

TEST_CASE("files that attack, break or hide something are refused, each with its reason",
          "[account][attachments][R-08][A-21]") {
  Inspection inspection;
  std::vector<Refused> files = RefusedImages();
  for (Refused& document : RefusedDocuments()) files.push_back(std::move(document));
  for (const Refused& file : files) {
    INFO(file.what);
    const absl::Status refused = inspection.Of(file.bytes).status();
    CHECK(ReasonOf(refused) == file.refusal.reason);
    CHECK(refused.code() == file.refusal.code);
  }
  CHECK(inspection.CountOf("REFUSED") == static_cast<int>(files.size()));
}

TEST_CASE("a file of 5 MiB exactly is taken", "[account][attachments][R-08]") {
  Inspection inspection;
  const std::string jpeg = MakeJpeg({});
  const absl::StatusOr<CleanFile> clean =
      inspection.Of(jpeg + std::string(kAttachmentBytesMax - jpeg.size(), '\0'));
  REQUIRE(clean.ok());
  CHECK(clean->content.size() < 10'000);
}

TEST_CASE("what hides beside a picture is gone", "[account][attachments][R-08][A-21]") {
  Inspection inspection;
  JpegForm form;
  form.segments = {{0xe1, Exif(1)},
                   {0xe1, "http://ns.adobe.com/xap/1.0/\0<x>secret XMP</x>"s},
                   {0xed, "Photoshop 3.0\0secret IPTC"s},
                   {0xfe, "secret comment"}};
  const std::string archive = "PK\x03\x04secret archive";
  const std::string page = "<html><script>secret</script></html>";
  PngForm png;
  png.before = PngChunk("tEXt", "Author\0secret"s) + TextBomb() +
               PngChunk("eXIf", "MM\0\x2a secret"s) +
               PngChunk("iCCP", absl::StrCat("x", "\0\0"s, Deflate("secret")));
  png.after = PngChunk("seCr", "secret");
  const std::string files[] = {MakeJpeg(form) + archive, MakeJpeg({}) + page,
                               MakePng(png) + archive + page};
  for (const std::string& file : files) {
    const absl::StatusOr<CleanFile> clean = inspection.Of(file);
    REQUIRE(clean.ok());
    for (const char* hidden : {"secret", "GPS", "Exif", "PK\x03\x04", "html", "zTXt", "iCCP"}) {
      INFO(hidden);
      CHECK_FALSE(absl::StrContains(clean->content, hidden));
    }
  }
}

TEST_CASE("photographs are turned upright", "[account][attachments][R-08]") {
  // Where the green first row, the red left and the blue right half come to stand.
  struct Row {
    int orientation;
    std::string at;  // The colours in the middle of the top, left, right and bottom edges.
  };
  const Row rows[] = {{1, "grbr"}, {2, "gbrb"}, {3, "bggg"}, {4, "rggg"},
                      {5, "rgbb"}, {6, "rbgb"}, {7, "brgr"}, {8, "bgrr"}};
  Inspection inspection;
  for (const Row& row : rows) {
    INFO(row.orientation);
    JpegForm form;
    form.width = 64;
    form.height = 32;
    form.segments = {{0xe1, Exif(row.orientation)}};
    const absl::StatusOr<CleanFile> clean = inspection.Of(MakeJpeg(form));
    REQUIRE(clean.ok());
    const Pixels pixels = DecodeJpeg(clean->content);
    CHECK(clean->width == (row.orientation >= 5 ? 32 : 64));
    CHECK(pixels.width == clean->width);
    CHECK(pixels.height == clean->height);
    const std::uint32_t right = pixels.width - 1;
    const std::uint32_t bottom = pixels.height - 1;
    // A little beside the middle, where red and blue meet.
    const std::uint32_t x = pixels.width / 2 - 8;
    const std::uint32_t y = pixels.height / 2 + 8;
    const std::string seen = {pixels.At(x, 0), pixels.At(0, y), pixels.At(right, y),
                              pixels.At(x, bottom)};
    CHECK(seen == row.at);
  }
}

TEST_CASE("grey, CMYK and progressive JPGs and every PNG become ordinary ones",
          "[account][attachments][R-08]") {
  Inspection inspection;
  for (const int channels : {1, 3, 4}) {
    for (const bool is_progressive : {false, true}) {
      JpegForm form;
      form.channels = channels;
      form.is_progressive = is_progressive;
      const absl::StatusOr<CleanFile> clean = inspection.Of(MakeJpeg(form));
      REQUIRE(clean.ok());
      const Pixels pixels = DecodeJpeg(clean->content);
      CHECK(pixels.channels == (channels == 1 ? 1 : 3));
      CHECK(clean->content.find("\xff\xc0"s) != std::string::npos);
      if (channels > 1) {
        CHECK(pixels.At(4, 12) == 'r');
        CHECK(pixels.At(28, 12) == 'b');
      }
    }
  }
  const std::string palette = PngChunk("PLTE", "\1\2\3\4\5\6") + PngChunk("tRNS", "\x80");
  const PngForm forms[] = {
      {.depth = 1, .colour = 0},
      {.depth = 16, .colour = 0},
      {.depth = 8, .colour = 2},
      {.depth = 16, .colour = 2},
      {.depth = 8, .colour = 6},
      {.depth = 16, .colour = 6},
      {.depth = 1, .colour = 3, .before = palette},
      {.depth = 8, .colour = 3, .before = palette},
  };
  for (const PngForm& form : forms) {
    INFO(form.depth << " " << form.colour);
    const absl::StatusOr<CleanFile> clean = inspection.Of(MakePng(form));
    REQUIRE(clean.ok());
    CHECK(clean->type == FileType::kPng);
    CHECK(clean->width == form.width);
    CHECK(clean->height == form.height);
    CHECK(inspection.Of(clean->content)->content == clean->content);
  }
}

TEST_CASE("of a PDF only its pages are taken over", "[account][attachments][R-08][A-21]") {
  Inspection inspection;
  JpegForm photograph;
  photograph.segments = {{0xe1, Exif(1)}, {0xfe, "secret comment"}};
  std::vector<std::string> objects =
      PdfObjects(50, "/Metadata 54 0 R /Outlines << /X (secret) >>",
                 "/Metadata 54 0 R /Annots [ << /Type /Annot /Subtype /Link /Rect [0 0 9 9] "
                 "/A << /S /URI /URI (http://secret.example) >> >> ] "
                 "/PieceInfo << /X (secret) >> /Resources << /XObject << /I 55 0 R >> >>");
  objects.push_back(PdfStream("/Type /Metadata /Subtype /XML", "<x>secret XMP</x>"));
  objects.push_back(
      PdfStream("/Type /XObject /Subtype /Image /Width 32 /Height 16 "
                "/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /DCTDecode "
                "/Metadata 54 0 R",
                MakeJpeg(photograph)));
  objects.push_back("<< /Author (secret) /Producer (secret) >>");
  objects.push_back(PdfStream("", "secret that nothing refers to"));
  const std::string pdf = MakePdf(objects, "/Info 56 0 R") + "PK\x03\x04secret archive";
  const absl::StatusOr<CleanFile> clean = inspection.Of(pdf);
  REQUIRE(clean.ok());
  CHECK(clean->pages == 50);
  for (const char* hidden : {"secret", "Metadata", "/Annot", "GPS", "Author", "PK\x03\x04"}) {
    INFO(hidden);
    CHECK_FALSE(absl::StrContains(clean->content, hidden));
  }
  CHECK(absl::StrContains(clean->content, "0 0 10 10 re f"));
  CHECK(absl::StrContains(clean->content, "/DCTDecode"));
  // The same file comes out the same, and a clean one stays as it is.
  CHECK(inspection.Of(pdf)->content == clean->content);
  CHECK(inspection.Of(clean->content)->content == clean->content);
}

TEST_CASE("what was filled into a form is seen, the form is gone", "[account][attachments][R-08]") {
  Inspection inspection;
  std::vector<std::string> objects =
      PdfObjects(1, "/AcroForm << /Fields [5 0 R] >>", "/Annots [5 0 R]");
  objects.push_back(
      "<< /Type /Annot /Subtype /Widget /FT /Tx /T (secret) /V (filled in) /F 4 "
      "/Rect [10 10 90 30] /AP << /N 6 0 R >> >>");
  objects.push_back(
      PdfStream("/Type /XObject /Subtype /Form /BBox [0 0 80 20]", "BT (filled in) Tj ET"));
  const absl::StatusOr<CleanFile> clean = inspection.Of(MakePdf(objects));
  REQUIRE(clean.ok());
  CHECK(absl::StrContains(clean->content, "BT (filled in) Tj ET"));
  for (const char* hidden : {"secret", "/Widget", "/AcroForm"}) {
    INFO(hidden);
    CHECK_FALSE(absl::StrContains(clean->content, hidden));
  }
}

TEST_CASE("a decoder that crashes, hangs or is missing takes nobody along",
          "[account][attachments][A-21]") {
  struct Row {
    std::string program;
    std::string reason;
    absl::StatusCode code;
    std::string outcome;
  };
  const std::string unreadable = kAttachmentUnreadable.reason;
  const Row rows[] = {
      {"/bin/false", unreadable, absl::StatusCode::kInvalidArgument, "CRASHED"},
      {"/usr/bin/yes", unreadable, absl::StatusCode::kInvalidArgument, "TIMED_OUT"},
      {"/bin/cat", unreadable, absl::StatusCode::kInvalidArgument, "REFUSED"},
      {"/nowhere/houbu-inspect", "", absl::StatusCode::kUnavailable, "FAILED"},
  };
  for (const Row& row : rows) {
    INFO(row.program);
    InspectorOptions options;
    options.program = row.program;
    Inspection inspection(options);
    const absl::Status status = inspection.Of(MakePng({})).status();
    CHECK(ReasonOf(status) == row.reason);
    CHECK(status.code() == row.code);
    CHECK(inspection.CountOf(row.outcome) == 1);
  }
}

TEST_CASE("a cell that takes too long is ended", "[account][attachments][A-21]") {
  InspectorOptions options;
  options.time_max = absl::ZeroDuration();
  Inspection inspection(options);
  CHECK(ReasonOf(inspection.Of(MakePng({})).status()) == kAttachmentUnreadable.reason);
  CHECK(inspection.CountOf("TIMED_OUT") == 1);
}

}  // namespace houbu::account
