/// What restrictions and bans need of the outside: their record.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "services/account/app/ports.h"
#include "services/account/domain/ban.h"
#include "services/account/domain/restriction.h"

namespace houbu::account {

/// A booking that its owner cancelled.
struct OwnCancellation {
  std::string account;  ///< "ac-...".
  std::string booking;  ///< "bookings/bk-...".
  absl::Time at;
};

/// Says what cancellations at these times come to.
using CancellationJudge = std::function<std::optional<Restriction>(std::vector<absl::Time>)>;

/// Tells what an account may not do.
class ActiveRestrictions {
 public:
  virtual ~ActiveRestrictions() = default;

  /// Returns what restricts an account at `now`: its own restrictions, and those of accounts the
  /// same person had, known by their phone or their verified card.
  virtual Task<std::vector<Restriction>> ActiveOf(std::string account, absl::Time now) = 0;
};

/// Where restrictions and proposals to ban are kept. Each change commits with its audit entry and
/// its reply and returns the answer that stands.
class RestrictionStore : public Answers, public ActiveRestrictions {
 public:
  /// Returns an account's restrictions, past ones too, oldest first, those after `after`.
  virtual Task<std::vector<Restriction>> List(std::string account, std::string after,
                                              int limit) = 0;

  /// Returns a restriction of an account; RESTRICTION_NOT_FOUND.
  virtual Task<Restriction> Load(std::string account, std::string id) = 0;

  /// Records a restriction.
  virtual Task<std::string> Impose(Restriction restriction, AuditEntry audit, Reply reply,
                                   absl::Time now) = 0;

  /// Records that a restriction was lifted; RESTRICTION_OVER when somebody was faster.
  virtual Task<std::string> Lift(Restriction lifted, AuditEntry audit, Reply reply,
                                 absl::Time now) = 0;

  /// Counts a cancellation, each booking once, with those of the person's other accounts since the
  /// last restriction of this kind; records the restriction that `judge` makes of them. Its id is
  /// `restriction_id`.
  virtual Task<std::string> CountCancellation(OwnCancellation cancellation, CancellationJudge judge,
                                              std::string restriction_id, Reply reply,
                                              absl::Time now) = 0;

  /// Records a proposal; BAN_PROPOSAL_OPEN when one waits, BAN_STANDS when there is nothing to do.
  virtual Task<std::string> Propose(BanProposal proposal, AuditEntry audit, Reply reply,
                                    absl::Time now) = 0;

  /// Returns a proposal about an account; BAN_PROPOSAL_NOT_FOUND.
  virtual Task<BanProposal> LoadProposal(std::string account, std::string id) = 0;

  /// Returns proposals, oldest first, those after `after`; the open ones, or all.
  virtual Task<std::vector<BanProposal>> ListProposals(bool with_decided, std::string after,
                                                       int limit) = 0;

  /// Records a decision and carries it out: imposes `imposed`, or lifts the account's ban when it
  /// approves that. BAN_PROPOSAL_DECIDED when somebody was faster.
  virtual Task<std::string> Decide(BanProposal decided, std::vector<Restriction> imposed,
                                   AuditEntry audit, Reply reply, absl::Time now) = 0;
};

}  // namespace houbu::account
