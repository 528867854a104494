#include "libs/observe/readiness.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "libs/base/text.h"
#include "libs/observe/log.h"

namespace houbu::observe {

Readiness::Readiness(Ticks ticks) : ticks_(std::move(ticks)) {}

void Readiness::Add(Check check) {
  Answer answer;
  answer.state = absl::UnavailableError("not asked yet");
  answer.at = ticks_();
  answers_[check.name] = std::move(answer);
  checks_.push_back(std::move(check));
}

async::Task<void> Readiness::Ask(std::string name) {
  std::function<async::Task<void>()> ask;
  for (const Check& check : checks_) {
    if (check.name == name) ask = check.ask;
  }
  if (ask == nullptr) co_return absl::NotFoundError(absl::StrCat("no check ", name));
  const absl::Status state = co_await ask();
  Answer& answer = answers_[name];
  const bool was_there = answer.state.ok();
  answer.state = state;
  answer.at = ticks_();
  if (was_there && !state.ok()) {
    Log(Level::kWarning, "dependency_lost", {Field("dependency", name), ErrorField(state)});
  }
  if (!was_there && state.ok()) {
    Log(Level::kInfo, "dependency_back", {Field("dependency", name)});
  }
  co_return absl::OkStatus();
}

void Readiness::Set(absl::string_view name, const absl::Status& state) {
  stages_[std::string(ToStd(name))] = state;
}

std::vector<std::string> Readiness::checks() const {
  std::vector<std::string> names;
  names.reserve(checks_.size());
  for (const Check& check : checks_) names.push_back(check.name);
  return names;
}

std::map<std::string, absl::Status> Readiness::missing() const {
  std::map<std::string, absl::Status> missing;
  for (const auto& [name, state] : stages_) {
    if (!state.ok()) missing[name] = state;
  }
  const auto now = ticks_();
  for (const auto& [name, answer] : answers_) {
    if (!answer.state.ok()) {
      missing[name] = answer.state;
    } else if (now - answer.at > kStaleAfter) {
      missing[name] = absl::DeadlineExceededError("does not answer");
    }
  }
  return missing;
}

}  // namespace houbu::observe
