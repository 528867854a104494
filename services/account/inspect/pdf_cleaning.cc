#include <exception>
#include <new>
#include <set>
#include <string>
#include <vector>

#include <qpdf/Buffer.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <qpdf/QPDFObjectHandle.hh>
#include <qpdf/QPDFPageDocumentHelper.hh>
#include <qpdf/QPDFWriter.hh>

#include "services/account/inspect/answer.h"
#include "services/account/inspect/cleaning.h"

namespace houbu::account {
namespace {

constexpr std::size_t kObjectsMax = 50'000;
constexpr int kDepthMax = 100;

// Actions that run, start, send or fetch something. Jumps within the document (GoTo), ordinary
// links (URI) and what viewers offer by name are dropped with the annotations they hang on.
const std::set<std::string>& ForbiddenActions() {
  static const auto* const kNames = new std::set<std::string>{
      "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToR",           "/GoToE",
      "/Rendition",  "/Movie",  "/Sound",      "/GoTo3DView", "/RichMediaExecute"};
  return *kNames;
}

const std::set<std::string>& MediaKinds() {
  static const auto* const kNames =
      new std::set<std::string>{"/RichMedia", "/Movie", "/Sound", "/Screen", "/3D"};
  return *kNames;
}

std::string NameAt(QPDFObjectHandle dictionary, const std::string& key) {
  QPDFObjectHandle value = dictionary.getKey(key);
  return value.isName() ? value.getName() : std::string();
}

void CheckDictionary(QPDFObjectHandle dictionary) {
  if (dictionary.hasKey("/JS") || dictionary.hasKey("/JavaScript") ||
      ForbiddenActions().contains(NameAt(dictionary, "/S"))) {
    AnswerRefusal(kAttachmentActive);
  }
  if (dictionary.hasKey("/EmbeddedFiles") || dictionary.hasKey("/EF") ||
      dictionary.hasKey("/Collection") || NameAt(dictionary, "/Type") == "/EmbeddedFile" ||
      NameAt(dictionary, "/Subtype") == "/FileAttachment") {
    AnswerRefusal(kAttachmentEmbedsFiles);
  }
  if (dictionary.hasKey("/RichMediaContent") ||
      MediaKinds().contains(NameAt(dictionary, "/Subtype"))) {
    AnswerRefusal(kAttachmentEmbedsMedia);
  }
  if (dictionary.hasKey("/XFA")) {
    AnswerRefusal(kAttachmentXfa);
  }
}

// What an object holds itself; what it refers to is an object of its own.
void CheckObject(QPDFObjectHandle object, int depth) {
  if (depth > kDepthMax) {
    AnswerRefusal(kAttachmentUnreadable);
  }
  QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
  if (dictionary.isDictionary()) {
    CheckDictionary(dictionary);
    for (const std::string& key : dictionary.getKeys()) {
      QPDFObjectHandle value = dictionary.getKey(key);
      if (!value.isIndirect() && !value.isScalar()) {
        CheckObject(value, depth + 1);
      }
    }
  } else if (object.isArray()) {
    for (int i = 0; i < object.getArrayNItems(); ++i) {
      QPDFObjectHandle value = object.getArrayItem(i);
      if (!value.isIndirect() && !value.isScalar()) {
        CheckObject(value, depth + 1);
      }
    }
  }
}

// What the document does when it is opened: showing a page of itself is all it may.
void CheckOpening(QPDF& pdf) {
  QPDFObjectHandle opening = pdf.getRoot().getKey("/OpenAction");
  const bool shows_page = opening.isNull() || opening.isArray() ||
                          (opening.isDictionary() && NameAt(opening, "/S") == "/GoTo");
  if (!shows_page) {
    AnswerRefusal(kAttachmentActive);
  }
}

// Drops what a page holds besides what is seen on it.
void StripPage(QPDFObjectHandle page) {
  for (const char* key : {"/Annots", "/AA", "/Metadata", "/PieceInfo", "/Thumb", "/LastModified",
                          "/B", "/Trans", "/Dur", "/StructParents", "/ID", "/PZ", "/AF",
                          "/TemplateInstantiated", "/PresSteps", "/VP"}) {
    page.removeKey(key);
  }
}

bool IsPlainJpeg(QPDFObjectHandle dictionary) {
  QPDFObjectHandle filter = dictionary.getKey("/Filter");
  if (filter.isArray() && filter.getArrayNItems() == 1) {
    filter = filter.getArrayItem(0);
  }
  return filter.isName() && filter.getName() == "/DCTDecode";
}

// Drops what parts of pages say of themselves: where a photograph was taken, who edited it.
void StripObjects(QPDF& pdf) {
  for (QPDFObjectHandle object : pdf.getAllObjects()) {
    QPDFObjectHandle dictionary = object.isStream() ? object.getDict() : object;
    if (!dictionary.isDictionary()) {
      continue;
    }
    for (const char* key : {"/Metadata", "/PieceInfo", "/LastModified", "/OPI", "/AF"}) {
      dictionary.removeKey(key);
    }
    if (object.isStream() && IsPlainJpeg(dictionary)) {
      const auto raw = object.getRawStreamData();
      const std::string clean = WithoutJpegMetadata(
          absl::string_view(reinterpret_cast<const char*>(raw->getBuffer()), raw->getSize()));
      object.replaceStreamData(clean, dictionary.getKey("/Filter"),
                               dictionary.getKey("/DecodeParms"));
    }
  }
}

std::string Write(QPDF& pdf) {
  QPDFWriter writer(pdf);
  writer.setOutputMemory();
  writer.setDeterministicID(true);
  writer.setStreamDataMode(qpdf_s_preserve);
  writer.setObjectStreamMode(qpdf_o_disable);
  writer.setPreserveEncryption(false);
  writer.write();
  const auto buffer = writer.getBufferSharedPointer();
  return std::string(reinterpret_cast<const char*>(buffer->getBuffer()), buffer->getSize());
}

// Reads as strictly as qpdf can: a table of contents that has to be guessed is no document's.
void Open(const std::string& bytes, QPDF& pdf) {
  pdf.setSuppressWarnings(true);
  pdf.setAttemptRecovery(false);
  pdf.processMemoryFile("attachment", bytes.data(), bytes.size());
  if (pdf.isEncrypted()) {
    AnswerRefusal(kAttachmentEncrypted);
  }
  if (pdf.getObjectCount() > kObjectsMax) {
    AnswerRefusal(kAttachmentUnreadable);
  }
}

void Check(QPDF& pdf) {
  CheckObject(pdf.getTrailer(), 0);
  for (const QPDFObjectHandle& object : pdf.getAllObjects()) {
    CheckObject(object, 0);
  }
  CheckOpening(pdf);
  const std::size_t pages = pdf.getAllPages().size();
  if (pages == 0) {
    AnswerRefusal(kAttachmentDamaged);
  }
  if (pages > static_cast<std::size_t>(kPdfPagesMax)) {
    AnswerRefusal(kAttachmentTooManyPages);
  }
}

[[noreturn]] void Rewrite(const std::string& bytes) {
  QPDF source;
  Open(bytes, source);
  Check(source);
  // What was filled into a form is seen on the page; the form itself goes.
  QPDFPageDocumentHelper(source).flattenAnnotations();
  QPDF target;
  target.emptyPDF();
  target.setSuppressWarnings(true);
  const std::vector<QPDFObjectHandle> pages = source.getAllPages();
  for (QPDFObjectHandle page : pages) {
    StripPage(page);
  }
  for (const QPDFObjectHandle& page : pages) {
    target.addPage(page, false);
  }
  StripObjects(target);
  CleanFile file;
  file.type = FileType::kPdf;
  file.pages = static_cast<int>(pages.size());
  file.content = Write(target);
  AnswerClean(file);
}

}  // namespace

void CleanPdf(const std::string& bytes) {
  try {
    Rewrite(bytes);
  } catch (const QPDFExc& thrown) {
    AnswerRefusal(thrown.getErrorCode() == qpdf_e_password ? kAttachmentEncrypted
                                                           : kAttachmentDamaged);
  } catch (const std::bad_alloc&) {
    AnswerRefusal(kAttachmentUnreadable);
  } catch (const std::exception&) {
    AnswerRefusal(kAttachmentDamaged);
  }
}

}  // namespace houbu::account
