/// Identifiers: what a booking, a payment or a passenger is called.
///
/// An id is a short prefix that says the kind, a dash, and 32 lower-case hex digits
/// ("bk-01890a5dac967774bcceb302099a8057"); it fits the AIP-122 resource id alphabet, so a resource
/// name is its collection, a slash and the id. New ids are UUIDv7: they sort by time of creation.
#pragma once

#include <compare>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace houbu {

/// An identifier that cannot be mistaken for one of another kind.
///
/// The tag is an empty struct that names the prefix:
///   struct BookingTag { static constexpr char kPrefix[] = "bk"; };
///   using BookingId = Id<BookingTag>;
template <class Tag>
class Id final {
 public:
  /// Makes the empty id, which names nothing.
  Id() = default;

  /// Takes `value` as it is; what comes from a client is checked with IsValidId first.
  explicit Id(std::string value) : value_(std::move(value)) {}

  /// The text of the id.
  const std::string& value() const { return value_; }

  /// Tells whether this id names nothing.
  bool empty() const { return value_.empty(); }

  /// Compares the text.
  friend bool operator==(const Id& a, const Id& b) = default;

  /// Orders by the text: ids made by one source sort by time.
  friend std::strong_ordering operator<=>(const Id& a, const Id& b) {
    return a.value_.compare(b.value_) <=> 0;
  }

  /// Makes ids keys of Abseil's hash containers.
  template <class Hash>
  friend Hash AbslHashValue(Hash state, const Id& id) {
    return Hash::combine(std::move(state), id.value_);
  }

 private:
  std::string value_;
};

/// Where new ids come from; a port, so tests number theirs.
class IdSource {
 public:
  virtual ~IdSource() = default;

  /// Returns an id nobody has had before, of the form `prefix`-....
  virtual std::string Next(absl::string_view prefix) = 0;
};

/// Returns a new id of the kind `Tag` names.
template <class Tag>
Id<Tag> NewId(IdSource& source) {
  return Id<Tag>(source.Next(Tag::kPrefix));
}

/// Returns the id that belongs to `seed`, always the same: for what must get one id however often
/// it is asked for, as the payment of a booking. The 128-bit hash (FNV-1a) is stable for ever but
/// not collision resistant: seeds hold ids of our own, never text a client chose.
std::string DerivedId(absl::string_view prefix, absl::string_view seed);

/// Tells whether `text` can be a resource id: 1 to 63 of [a-z0-9-], no dash first or last.
bool IsValidId(absl::string_view text);

}  // namespace houbu
