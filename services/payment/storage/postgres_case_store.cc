#include "services/payment/storage/postgres_case_store.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/async/status_macros.h"
#include "libs/postgres/unit_of_work.h"
#include "services/payment/domain/refusals.h"
#include "services/payment/storage/decisions.h"
#include "services/payment/storage/names.h"
#include "services/payment/storage/postings.h"
#include "services/payment/storage/reconciliation_rows.h"

namespace houbu::payment {
namespace {

constexpr char kNote[] = R"sql(
    INSERT INTO cases
        (id, class, channel, movement, subject, payment, currency, ours, theirs, detail,
         reconciliation, open_time, seen_time)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
    ON CONFLICT ON CONSTRAINT cases_once DO UPDATE
    SET seen_time = greatest(cases.seen_time, excluded.seen_time)
    RETURNING close_time IS NULL AS is_open)sql";

constexpr char kCloseSettled[] = R"sql(
    UPDATE cases SET close_time = $5, posting = $6
    WHERE class = $1 AND channel = $2 AND movement = $3 AND subject = $4
      AND close_time IS NULL)sql";

constexpr char kCloseByPeople[] = R"sql(
    UPDATE cases SET close_time = $2, proposal = $3, posting = $4
    WHERE id = $1 AND close_time IS NULL)sql";

constexpr char kCountOpen[] = R"sql(
    SELECT channel, class, count(*) AS open FROM cases
    WHERE close_time IS NULL GROUP BY channel, class)sql";

constexpr char kPropose[] = R"sql(
    INSERT INTO proposals
        (id, kind, payment, closes, debit, credit, currency, amount, reason, maker, create_time,
         state, checker, comment, decide_time)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15))sql";

// Both sides' amounts are in one currency.
Currency CurrencyOf(const Difference& difference) {
  if (difference.ours.has_value()) return difference.ours->currency;
  return difference.theirs.has_value() ? difference.theirs->currency : Currency();
}

std::optional<std::int64_t> Minor(const std::optional<Money>& amount) {
  if (!amount.has_value()) return std::nullopt;
  return amount->minor_units;
}

std::optional<std::string> KeyOf(const std::optional<LedgerTransaction>& posting) {
  if (!posting.has_value()) return std::nullopt;
  return posting->key;
}

}  // namespace

Task<bool> PostgresCaseStore::Note(Difference difference, ReconciliationId found_by,
                                   absl::Time now) {
  postgres::Parameters params;
  params.Add(NewId<CaseTag>(ids_).value()).Add(NameOf(difference.difference_class));
  params.Add(NameOf(difference.channel)).Add(NameOf(difference.movement)).Add(difference.subject);
  params.Add(Nullable(difference.payment)).Add(CurrencyOf(difference).code());
  params.Add(Minor(difference.ours)).Add(Minor(difference.theirs)).Add(difference.detail);
  params.Add(found_by.value()).Add(now);
  ASSIGN_OR_CO_RETURN(const postgres::Result noted, co_await pool_.Query(kNote, std::move(params)));
  co_return noted.row(0).Bool("is_open");
}

Task<void> PostgresCaseStore::CloseSettled(Difference difference, std::string posting,
                                           absl::Time now) {
  postgres::Parameters params;
  params.Add(NameOf(difference.difference_class)).Add(NameOf(difference.channel));
  params.Add(NameOf(difference.movement)).Add(difference.subject).Add(now).Add(posting);
  CO_RETURN_IF_ERROR(co_await pool_.Query(kCloseSettled, std::move(params)));
  co_return absl::OkStatus();
}

Task<Case> PostgresCaseStore::LoadCase(CaseId id) {
  std::string sql = absl::StrCat("SELECT ", kCaseColumns, " FROM cases WHERE id = $1");
  postgres::Parameters params;
  params.Add(id.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  if (found.empty()) co_return Refuse(kCaseUnknown);
  co_return ReadCase(found.row(0));
}

Task<std::vector<Case>> PostgresCaseStore::ListCases(CaseFilter filter, Page page) {
  std::string sql = absl::StrCat(
      "SELECT ", kCaseColumns, " FROM cases WHERE id > $1 AND ($2 = '' OR channel = $2)",
      filter.with_closed ? "" : " AND close_time IS NULL", " ORDER BY id LIMIT $3");
  postgres::Parameters params;
  params.Add(page.after);
  params.Add(filter.channel.has_value() ? NameOf(*filter.channel) : absl::string_view());
  params.Add(page.size);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  std::vector<Case> cases;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Case each, ReadCase(rows.row(i)));
    cases.push_back(std::move(each));
  }
  co_return cases;
}

Task<std::vector<OpenCases>> PostgresCaseStore::CountOpen() {
  ASSIGN_OR_CO_RETURN(const postgres::Result rows, co_await pool_.Query(kCountOpen));
  std::vector<OpenCases> counts;
  for (int i = 0; i < rows.rows(); ++i) {
    const postgres::Row row = rows.row(i);
    OpenCases counted;
    ASSIGN_OR_CO_RETURN(counted.channel, ChannelOf(row.Text("channel")));
    ASSIGN_OR_CO_RETURN(counted.difference_class, DifferenceClassOf(row.Text("class")));
    counted.count = row.Int64("open");
    counts.push_back(counted);
  }
  co_return counts;
}

Task<std::optional<std::string>> PostgresCaseStore::FindAnswer(RequestKey key) {
  return postgres::FindAnswer(pool_, std::move(key));
}

Task<std::string> PostgresCaseStore::Propose(Proposal proposal, Answer answer) {
  std::optional<RequestKey> key = answer.key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) co_return *work.answer();
  postgres::Parameters params = WriteProposal(proposal);
  CO_RETURN_IF_ERROR(co_await work.transaction().Execute(kPropose, std::move(params)));
  CO_RETURN_IF_ERROR(co_await work.Commit(answer.bytes, proposal.create_time));
  co_return answer.bytes;
}

Task<Proposal> PostgresCaseStore::LoadProposal(ProposalId id) {
  std::string sql = absl::StrCat("SELECT ", kProposalColumns, " FROM proposals WHERE id = $1");
  postgres::Parameters params;
  params.Add(id.value());
  ASSIGN_OR_CO_RETURN(const postgres::Result found,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  if (found.empty()) co_return Refuse(kProposalUnknown);
  co_return ReadProposal(found.row(0));
}

Task<std::vector<Proposal>> PostgresCaseStore::ListProposals(bool with_decided, Page page) {
  std::string sql =
      absl::StrCat("SELECT ", kProposalColumns, " FROM proposals WHERE id > $1",
                   with_decided ? "" : " AND state = 'OPEN'", " ORDER BY id LIMIT $2");
  postgres::Parameters params;
  params.Add(page.after).Add(page.size);
  ASSIGN_OR_CO_RETURN(const postgres::Result rows,
                      co_await pool_.Query(std::move(sql), std::move(params)));
  std::vector<Proposal> proposals;
  for (int i = 0; i < rows.rows(); ++i) {
    ASSIGN_OR_CO_RETURN(Proposal each, ReadProposal(rows.row(i)));
    proposals.push_back(std::move(each));
  }
  co_return proposals;
}

Task<std::string> PostgresCaseStore::Reject(Proposal rejected, Answer answer) {
  std::optional<RequestKey> key = answer.key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) co_return *work.answer();
  ASSIGN_OR_CO_RETURN(work, co_await Decide(std::move(work), rejected));
  CO_RETURN_IF_ERROR(co_await work.Commit(answer.bytes, *rejected.decide_time));
  co_return answer.bytes;
}

Task<std::string> PostgresCaseStore::CloseCase(Proposal approved,
                                               std::optional<LedgerTransaction> posting,
                                               Answer answer) {
  std::optional<RequestKey> key = answer.key;
  ASSIGN_OR_CO_RETURN(postgres::UnitOfWork work,
                      co_await postgres::UnitOfWork::Begin(pool_, std::move(key)));
  if (work.answer().has_value()) co_return *work.answer();
  ASSIGN_OR_CO_RETURN(work, co_await Decide(std::move(work), approved));
  if (posting.has_value()) {
    ASSIGN_OR_CO_RETURN(work, co_await Post(std::move(work), *posting));
  }
  postgres::Parameters params;
  params.Add(approved.closes.value()).Add(*approved.decide_time).Add(approved.id.value());
  params.Add(KeyOf(posting));
  ASSIGN_OR_CO_RETURN(const postgres::Result closed,
                      co_await work.transaction().Execute(kCloseByPeople, std::move(params)));
  if (closed.affected() == 0) co_return Refuse(kCaseClosed);
  CO_RETURN_IF_ERROR(co_await work.Commit(answer.bytes, *approved.decide_time));
  co_return answer.bytes;
}

}  // namespace houbu::payment
