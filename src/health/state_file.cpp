#include "health/state_file.hpp"

#include <algorithm>
#include <cctype>

#include "health/agent_reply.hpp"

namespace rollcall::health {
namespace {

constexpr std::string_view kBlank = " \t\r";

std::string lowered(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return std::tolower(c); });
  return out;
}

/// The name with its address as IpAddress writes it.
std::string canonical(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  const std::size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
  const auto address = IpAddress::parse(name.substr(begin));
  return lowered(name.substr(0, begin)) +
         (address ? address->to_string() : lowered(name.substr(begin)));
}

std::string_view without_blanks(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlank), text.size()));
  return text;
}

void read_line(std::string_view line, States& states) {
  const std::size_t begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos || line[begin] == '#') return;
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find_first_of(" \t\r="), line.size());
  std::string_view state = without_blanks(line.substr(end));
  if (state.starts_with('=')) {
    state = without_blanks(state.substr(state.starts_with("=>") ? 2 : 1));
  }
  Outcome outcome = agent_outcome(state);
  constexpr std::string_view kAgent = "the agent ";
  if (outcome.reason.starts_with(kAgent)) outcome.reason.replace(0, kAgent.size(), "the file ");
  states.insert_or_assign(canonical(line.substr(0, end)), std::move(outcome));
}

}  // namespace

States parse_states(std::string_view text) {
  States states;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    read_line(text.substr(0, end), states);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return states;
}

Outcome state_of(const States& states, std::string_view pool, const IpAddress& member,
                 bool missing_is_up) {
  const std::string address = member.to_string();
  auto found = states.find(lowered(pool) + "/" + address);
  if (found == states.end()) found = states.find(address);
  if (found != states.end()) return found->second;
  if (missing_is_up) return {.good = true, .reason = {}};
  return {.good = false, .reason = "the file has no line for " + address};
}

}  // namespace rollcall::health
