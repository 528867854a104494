/// Somebody who keeps a copy of what is free of a run by following the changes; for tests only.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "services/slot/storage/inventory_subject.h"

namespace houbu::slot {

/// The copy of one run, where shard 0 has it.
class Follower final {
 public:
  /// Follows `run` in the index of `subject`, which must outlive this object.
  Follower(InventorySubject& subject, std::string run) : subject_(subject), run_(std::move(run)) {
    Read();
  }

  /// Reads what changed since, `page` changes at a time, and gives each in words.
  std::vector<std::string> Follow(int page) {
    std::vector<std::string> told;
    while (true) {
      const auto read = subject_.Run(subject_.index().ReadChanges(0, upto_, page));
      if (!read.ok() || read->gap) {
        error_ = "changes are missing";
      }
      if (!read.ok() || read->changes.empty()) {
        return told;
      }
      for (const VacancyChange& change : read->changes) {
        upto_ = change.id;
        if (change.run != run_) {
          continue;
        }
        told.push_back(Words(change));
        if (change.kind == ChangeKind::kReplaced) {
          Read();
          break;  // the rest of the page is in what was just read
        }
        Apply(change);
      }
    }
  }

  /// Says where the copy is not what the index says is free; "" where it is.
  std::string Error() {
    if (!error_.empty()) {
      return error_;
    }
    const auto now = subject_.Run(subject_.index().Vacancy(run_));
    if (!now.ok() || now->classes.size() != copy_.classes.size()) {
      return "the run has other classes";
    }
    for (std::size_t i = 0; i < copy_.classes.size(); ++i) {
      const ClassFree& kept = copy_.classes[i];
      bool same = kept.counts == now->classes[i].counts &&
                  kept.bitmaps.size() == now->classes[i].bitmaps.size();
      for (std::size_t leg = 0; same && leg < kept.bitmaps.size(); ++leg) {
        same = Trimmed(kept.bitmaps[leg]) == Trimmed(now->classes[i].bitmaps[leg]);
      }
      if (!same) {
        return absl::StrCat("the copy of class ", kept.layout.code, " is not as the index has it");
      }
    }
    return "";
  }

 private:
  static std::string Words(const VacancyChange& change) {
    return absl::StrCat(static_cast<int>(change.kind), " ", change.epoch, " ", change.class_code,
                        " ", change.legs.from, "-", change.legs.to, " x", change.party, " [",
                        absl::StrJoin(change.units, ","), "] ", change.first_unit, "+",
                        change.added);
  }

  // Zeros at the end may be missing.
  static std::string Trimmed(std::string bitmap) {
    while (!bitmap.empty() && bitmap.back() == '\0') {
      bitmap.pop_back();
    }
    return bitmap;
  }

  void Flip(std::string& bitmap, int unit, bool is_free) {
    const std::size_t byte = static_cast<std::size_t>(unit) / 8;
    bitmap.resize(std::max(bitmap.size(), byte + 1), '\0');
    const unsigned char mask = static_cast<unsigned char>(0x80U >> unit % 8);
    const bool was_free = (static_cast<unsigned char>(bitmap[byte]) & mask) != 0;
    if (was_free == is_free) {
      error_ = absl::StrCat("unit ", unit, " was told twice");
    }
    bitmap[byte] = static_cast<char>(static_cast<unsigned char>(bitmap[byte]) ^ mask);
  }

  void Read() {
    const auto vacancy = subject_.Run(subject_.index().Vacancy(run_));
    if (!vacancy.ok()) {
      error_ = "the run is not there";
      return;
    }
    copy_ = *vacancy;
    upto_ = copy_.change_id;
  }

  void Apply(const VacancyChange& change) {
    for (ClassFree& free : copy_.classes) {
      if (free.layout.code == change.class_code) {
        ApplyTo(free, change);
      }
    }
  }

  void ApplyTo(ClassFree& free, const VacancyChange& change) {
    if (change.kind == ChangeKind::kAdded) {
      for (int& count : free.counts) {
        count += change.added;
      }
      for (std::string& bitmap : free.bitmaps) {
        for (int unit = change.first_unit; unit < change.first_unit + change.added; ++unit) {
          Flip(bitmap, unit, true);
        }
      }
      return;
    }
    const bool is_free = change.kind == ChangeKind::kGivenBack;
    for (int leg = change.legs.from; leg < change.legs.to; ++leg) {
      const std::size_t at = static_cast<std::size_t>(leg);
      if (!free.counts.empty()) {
        free.counts[at] += is_free ? change.party : -change.party;
      }
      for (const int unit : change.units) {
        Flip(free.bitmaps[at], unit, is_free);
      }
    }
  }

  InventorySubject& subject_;
  std::string run_;
  RunVacancy copy_;
  std::string upto_;
  std::string error_;
};

}  // namespace houbu::slot
