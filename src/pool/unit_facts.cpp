#include "pool/unit_facts.hpp"

#include <fmt/format.h>

#include "core/counted.hpp"

namespace rollcall::pool {

std::string unit_lines(const UnitFacts& unit) {
  const auto state = [](const std::string& result, std::uint32_t restarts) {
    return restarts == 0 ? result
                         : fmt::format("{} (systemd had restarted it {})", result,
                                       counted(restarts, "time", "times"));
  };
  std::string lines;
  if (!unit.result_before.empty()) {
    lines += fmt::format("systemd before: {}{}\n", state(unit.result_before, unit.restarts_before),
                         unit.was_reset ? "; its failures were reset (reset-failed)" : "");
  }
  if (!unit.result.empty()) {
    const bool told = unit.result == "success" && !unit.state.empty();
    const std::string now = unit.state.empty() ? unit.result : unit.state + ", " + unit.result;
    lines += fmt::format("systemd now: {}\n", state(told ? unit.state : now, unit.restarts));
  }
  if (unit.journal.empty()) return lines;
  lines += "the end of its journal:\n";
  std::string_view left = unit.journal;
  while (!left.empty()) {
    const std::size_t end = left.find('\n');
    lines += fmt::format("  {}\n", left.substr(0, end));
    left = end == std::string_view::npos ? std::string_view() : left.substr(end + 1);
  }
  return lines;
}

std::string with_unit_lines(std::string text, const UnitFacts& unit) {
  const std::string lines = unit_lines(unit);
  if (!lines.empty() && !text.empty() && !text.ends_with('\n')) text += "\n";
  return text + lines;
}

}  // namespace rollcall::pool
