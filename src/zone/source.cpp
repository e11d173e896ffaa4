#include "zone/source.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "zone/load.hpp"

namespace rollcall::zone {

std::uint32_t Sources::add(std::string name, std::string text) {
  texts_.push_back({std::move(name), std::move(text)});
  return static_cast<std::uint32_t>(texts_.size() - 1);
}

SourcePosition Sources::position(SourceMark mark) const {
  const Text& text = texts_[mark.text];
  const std::string_view before = std::string_view(text.text).substr(0, mark.offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  return {text.name, static_cast<std::uint32_t>(std::ranges::count(before, '\n') + 1),
          static_cast<std::uint32_t>(before.size() - line_start + 1)};
}

void Findings::add(Finding finding) {
  const bool is_error = finding.severity == Severity::error;
  const bool kept = is_error ? errors_ < kMaxParseErrors : warnings_ < kMaxWarnings;
  ++(is_error ? errors_ : warnings_);
  if (kept) findings_.push_back(std::move(finding));
}

void Findings::error(SourceMark mark, std::string message) {
  add({false, mark, Severity::error, {}, std::move(message)});
}

void Findings::warning(SourceMark mark, std::string message) {
  add({false, mark, Severity::warning, {}, std::move(message)});
}

void Findings::file_error(std::string file, std::string message) {
  add({true, {}, Severity::error, {std::move(file)}, std::move(message)});
}

void Findings::error_elsewhere(SourcePosition where, std::string message) {
  add({true, {}, Severity::error, std::move(where), std::move(message)});
}

void Findings::warning_elsewhere(SourcePosition where, std::string message) {
  add({true, {}, Severity::warning, std::move(where), std::move(message)});
}

void Findings::file_warning(std::string file, std::string message) {
  add({true, {}, Severity::warning, {std::move(file)}, std::move(message)});
}

Diagnostics Findings::take() {
  std::ranges::stable_sort(findings_, [](const Finding& a, const Finding& b) {
    return std::pair(a.whole_file, a.mark) < std::pair(b.whole_file, b.mark);
  });
  Diagnostics diagnostics;
  for (Finding& finding : findings_) {
    SourcePosition where =
        finding.whole_file ? std::move(finding.elsewhere) : sources_.position(finding.mark);
    diagnostics.push_back({finding.severity, std::move(where), std::move(finding.message)});
  }
  if (warnings_ > kMaxWarnings) {
    diagnostics.push_back(
        {Severity::warning,
         {sources_.name(0), 0, 0},
         fmt::format("{} more warnings are not shown", warnings_ - kMaxWarnings)});
  }
  findings_.clear();
  return diagnostics;
}

}  // namespace rollcall::zone
