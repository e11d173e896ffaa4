#include "health/state_file.hpp"

#include <algorithm>
#include <cctype>

#include "core/letters.hpp"
#include "core/trimmed.hpp"
#include "health/agent_reply.hpp"

namespace rollcall::health {
namespace {

constexpr std::string_view kBlank = " \t\r";

/// A pool's name without its final dot, which is optional.
std::string pool_key(std::string_view name) {
  if (name.ends_with('.')) name.remove_suffix(1);
  return lowered(name) + "/";
}

/// The name with its address as IpAddress writes it.
std::string canonical(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  const bool has_pool = slash != std::string_view::npos;
  const std::string_view member = name.substr(has_pool ? slash + 1 : 0);
  const auto address = IpAddress::parse(member);
  return (has_pool ? pool_key(name.substr(0, slash)) : std::string()) +
         (address ? address->to_string() : lowered(member));
}

void read_line(std::string_view line, States& states) {
  const std::size_t begin = line.find_first_not_of(kBlank);
  if (begin == std::string_view::npos || line[begin] == '#') return;
  line.remove_prefix(begin);
  const std::size_t end = std::min(line.find_first_of(" \t\r="), line.size());
  std::string_view state = trimmed(line.substr(end));
  if (state.starts_with('=')) {
    state = trimmed(state.substr(state.starts_with("=>") ? 2 : 1));
  }
  states.insert_or_assign(canonical(line.substr(0, end)), agent_outcome(state, "file"));
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

States::const_iterator line_of(const States& states, std::string_view pool,
                               const IpAddress& member) {
  const std::string address = member.to_string();
  const auto found = states.find(pool_key(pool) + address);
  return found != states.end() ? found : states.find(address);
}

Outcome state_of(const States& states, std::string_view pool, const IpAddress& member,
                 bool missing_is_up) {
  const auto found = line_of(states, pool, member);
  if (found != states.end()) return found->second;
  if (missing_is_up) return {.good = true, .reason = {}};
  return {.good = false, .reason = "the file has no line for " + member.to_string()};
}

}  // namespace rollcall::health
