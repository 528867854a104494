#include "services/account/domain/document_entry.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "services/account/domain/mrz.h"
#include "services/account/domain/mrz_name.h"
#include "services/account/domain/normalise.h"

namespace houbu::account {
namespace {

constexpr absl::string_view kDisagrees =
    "is not what the machine-readable zone says: compare both with the document";

/// Gathers violations, the first of each field.
class FirstFaults final {
 public:
  explicit FirstFaults(Violations& all) : all_(all) {}

  void Add(absl::string_view field, absl::string_view description) {
    for (const std::string& named : fields_) {
      if (named == field) return;
    }
    fields_.emplace_back(field);
    all_.Add(field, description);
  }

  void AddAll(const Violations& found) {
    if (found.empty()) return;
    for (const Violation& violation : ViolationsOf(found.ToStatus())) {
      Add(violation.field, violation.description);
    }
  }

 private:
  Violations& all_;
  std::vector<std::string> fields_;
};

std::string IssuerFault(MrzState::Kind kind) {
  switch (kind) {
    case MrzState::Kind::kCountry:
      return "";
    case MrzState::Kind::kOrganisation:
      return "is an organisation: only documents of states are taken";
    case MrzState::Kind::kNoNationality:
      return "is no state that issues documents";
    case MrzState::Kind::kSpecimen:
      return "is the state of specimens: give the zone of a real document";
    case MrzState::Kind::kUnknown:
      return "is no code of a state: compare it with the document";
  }
  return "";
}

/// The kind of document that a zone begins with, nothing for cards: their codes are each state's.
std::optional<DocumentType> TypeOf(const Mrz& mrz) {
  switch (mrz.format) {
    case MrzFormat::kTd3:
      return DocumentType::kPassport;
    case MrzFormat::kMrvA:
    case MrzFormat::kMrvB:
      return DocumentType::kVisa;
    case MrzFormat::kTd1:
    case MrzFormat::kTd2:
      return std::nullopt;
  }
  return std::nullopt;
}

/// Two digits of the year, month and day, as a zone has them.
std::string ZoneDigits(absl::CivilDay day) {
  return absl::StrFormat("%02d%02d%02d", day.year() % 100, day.month(), day.day());
}

void TakeName(const Mrz& mrz, CheckedDocument& checked, FirstFaults& faults) {
  std::string& name = checked.document.full_name;
  const std::string in_zone =
      mrz.secondary.empty() ? mrz.primary : absl::StrCat(mrz.primary, ", ", mrz.secondary);
  if (name.empty()) {
    name = in_zone;
    if (mrz.name_truncated) {
      faults.Add("full_name", "is cut short in the machine-readable zone: type it whole");
    }
    return;
  }
  const NameScript script = NameScriptOf(checked.document.type);
  const std::string normal = NormaliseName(name, script);
  const bool chinese =
      script != NameScript::kLatin && !NameFault(normal, NameScript::kLatin).empty();
  if (chinese) return;  // the page's, which the zone does not have
  if (!IsNameOf(mrz, name)) {
    faults.Add("full_name", kDisagrees);
  } else if (!mrz.name_truncated && !NameFault(normal, script).empty()) {
    name = in_zone;  // typed in letters that the zone spells otherwise
  }
}

void TakeDates(const Mrz& mrz, CheckedDocument& checked, FirstFaults& faults) {
  if (!checked.document.has_expiry && mrz.expires.has_value()) {
    checked.document.expires = *mrz.expires;
    checked.document.has_expiry = true;
  } else if (mrz.expires.has_value() && checked.document.expires != *mrz.expires) {
    faults.Add("expire_date", kDisagrees);
  }
  if (!checked.birth.has_value()) {
    checked.birth = mrz.birth;
  } else if (mrz.birth.has_value() && ZoneDigits(*checked.birth) != mrz.birth_digits) {
    faults.Add("birth_date", kDisagrees);
  }
}

/// The country as typed, or the zone's; both must agree.
void TakeCountry(const CountryBook& countries, const Mrz* mrz, Document& document,
                 FirstFaults& faults) {
  const std::string typed = std::exchange(document.country, "");
  const MrzState state = mrz == nullptr ? MrzState{} : countries.OfMrzCode(mrz->issuer);
  if (mrz != nullptr) {
    if (const std::string fault = IssuerFault(state.kind); !fault.empty()) {
      faults.Add("mrz.issuer", fault);
    }
    if (countries.OfMrzCode(mrz->nationality).kind == MrzState::Kind::kUnknown) {
      faults.Add("mrz.nationality", IssuerFault(MrzState::Kind::kUnknown));
    }
    document.country = state.alpha2;
  }
  if (NormaliseText(typed).empty()) return;
  // Kosovo's passports are travelled with; their code is not of ISO 3166-1.
  const bool kosovo = document.type == DocumentType::kPassport && NormaliseNumber(typed) == "XK";
  const absl::StatusOr<const Country*> resolved = countries.Resolve(typed);
  if (!kosovo && !resolved.ok()) {
    const Metadata metadata = MetadataOf(resolved.status());
    const auto names = metadata.find("names");
    faults.Add("country_code", names == metadata.end() ? std::string(resolved.status().message())
                                                       : absl::StrCat(resolved.status().message(),
                                                                      " (", names->second, ")"));
    return;
  }
  const std::string alpha2 = kosovo ? "XK" : (*resolved)->alpha2;
  if (state.kind == MrzState::Kind::kCountry && state.alpha2 != alpha2) {
    faults.Add("country_code", kDisagrees);
  }
  document.country = alpha2;
}

void TakeZone(const Mrz& mrz, CheckedDocument& checked, FirstFaults& faults) {
  Document& document = checked.document;
  const std::optional<DocumentType> type = TypeOf(mrz);
  if (type.has_value() && *type != document.type) {
    faults.Add("document_type", absl::StrCat("is not the machine-readable zone's, which is that of "
                                             "a ",
                                             DocumentTypeName(*type)));
  }
  if (NormaliseNumber(document.number).empty()) {
    document.number = mrz.number;
  } else if (NormaliseNumber(document.number) != mrz.number) {
    faults.Add("document_number", kDisagrees);
  }
  TakeDates(mrz, checked, faults);
  TakeName(mrz, checked, faults);
}

}  // namespace

CheckedDocument CheckEntry(const DocumentEntry& entry, const CountryBook& countries,
                           absl::CivilDay today, Violations& violations) {
  CheckedDocument checked;
  checked.document = entry.document;
  checked.birth = entry.birth;
  FirstFaults faults(violations);
  std::optional<Mrz> mrz;
  if (!entry.mrz_lines.empty()) {
    Violations in_zone;
    mrz = ReadMrz(entry.mrz_lines, today, in_zone);
    faults.AddAll(in_zone);
    if (!mrz.has_value()) return checked;  // what is missing might be in there
    TakeZone(*mrz, checked, faults);
  }
  TakeCountry(countries, mrz.has_value() ? &*mrz : nullptr, checked.document, faults);
  NormaliseDocument(checked.document);
  Violations in_document;
  CheckDocument(checked.document, checked.document.full_name, today, in_document);
  faults.AddAll(in_document);
  if (checked.birth.has_value() && *checked.birth > today) {
    faults.Add("birth_date", "is still to come");
  }
  const std::optional<absl::CivilDay> told =
      in_document.empty() ? BirthOf(checked.document) : std::nullopt;
  if (told.has_value() && checked.birth.has_value() && *told != *checked.birth) {
    faults.Add("birth_date", "is not the one that the document's number tells");
  }
  if (told.has_value()) checked.birth = told;
  return checked;
}

}  // namespace houbu::account
