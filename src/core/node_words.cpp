#include "core/node_words.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "core/letters.hpp"
#include "core/number.hpp"

namespace rollcall {
namespace {

constexpr std::array<std::string_view, 4> kDown{"down", "fail", "failed", "stopped"};
constexpr std::array<std::string_view, 2> kDrain{"drain", "maint"};
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

/// The worst word so far: the later states are worse.
struct Reading {
  NodeWords words;

  void at_least(NodeWords::State state) { words.state = std::max(words.state, state); }

  void read(std::string_view word) {
    at_least(NodeWords::State::up);
    if (is_one_of(kDown, word)) {
      at_least(NodeWords::State::down);
    } else if (is_one_of(kDrain, word)) {
      at_least(NodeWords::State::drain);
    } else if (const auto share = percent_of(word)) {
      words.percent = static_cast<std::uint8_t>(std::min(*share, kWhole));
      if (*share == 0) at_least(NodeWords::State::drain);
    } else if (!is_one_of(kUp, word) && !word.starts_with("maxconn:")) {
      at_least(NodeWords::State::unknown);
    }
  }
};

}  // namespace

NodeWords read_node_words(std::string_view text) {
  const std::string_view line = text.substr(0, text.find_first_of("\r\n"));
  const std::string words = lowered(line.substr(0, line.find('#')));
  Reading reading;
  for (std::size_t at = 0; (at = words.find_first_not_of(" \t,", at)) != std::string::npos;) {
    const std::size_t end = std::min(words.find_first_of(" \t,", at), words.size());
    reading.read(std::string_view(words).substr(at, end - at));
    at = end;
  }
  return reading.words;
}

}  // namespace rollcall
