#include "health/agent_reply.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/letters.hpp"
#include "core/number.hpp"
#include "health/reply.hpp"

namespace rollcall::health {
namespace {

constexpr std::array<std::string_view, 4> kDown{"down", "fail", "failed", "stopped"};
constexpr std::array<std::string_view, 2> kWithdrawn{"drain", "maint"};
constexpr std::array<std::string_view, 2> kUp{"up", "ready"};
constexpr unsigned kWhole = 100;

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

/// "75%"
std::optional<unsigned> percent_of(std::string_view word) {
  if (!word.ends_with('%')) return std::nullopt;
  word.remove_suffix(1);
  return parse_number<unsigned>(word);
}

/// The worst word so far; later enumerators are worse.
struct Reading {
  std::string_view down, withdrawn, unknown;
  std::optional<std::uint8_t> percent;
  bool any = false;

  void read(std::string_view word) {
    any = true;
    if (is_one_of(kDown, word)) {
      down = word;
    } else if (is_one_of(kWithdrawn, word)) {
      withdrawn = word;
    } else if (const auto share = percent_of(word)) {
      percent = static_cast<std::uint8_t>(std::min(*share, kWhole));
      if (*share == 0) withdrawn = word;
    } else if (!is_one_of(kUp, word) && !word.starts_with("maxconn:")) {
      unknown = word;
    }
  }
};

}  // namespace

Outcome agent_outcome(std::string_view reply, std::string_view source) {
  const std::string_view line = reply.substr(0, reply.find_first_of("\r\n"));
  const std::size_t hash = line.find('#');
  const std::string words = lowered(line.substr(0, hash));

  Reading reading;
  for (std::size_t at = 0; (at = words.find_first_not_of(" \t,", at)) != std::string::npos;) {
    const std::size_t end = std::min(words.find_first_of(" \t,", at), words.size());
    reading.read(std::string_view(words).substr(at, end - at));
    at = end;
  }

  Outcome outcome{.good = false, .reason = {}, .percent = reading.percent};
  if (!reading.any) {
    outcome.reason = fmt::format("the {} names no state", source);
  } else if (!reading.unknown.empty()) {
    outcome.reason = fmt::format("the {} said \"{}\"", source, reply_excerpt(line));
  } else if (!reading.down.empty() || !reading.withdrawn.empty()) {
    outcome.withdrawn = reading.down.empty();
    outcome.reason = fmt::format("the {} says \"{}\"", source, reply_excerpt(line));
  } else {
    outcome.good = true;
  }
  return outcome;
}

}  // namespace rollcall::health
