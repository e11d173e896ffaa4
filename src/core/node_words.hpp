/// What a node says of itself, in the words of HAProxy's agent-check: "up 75%", "drain", "maint",
/// "down # disk full". Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rollcall {

struct NodeWords {
  enum class State : std::uint8_t {
    none,     // it says nothing
    up,       // up, ready, or a percentage alone
    drain,    // drain, maint, 0%: out of the answers on purpose
    down,     // down, fail, failed, stopped: wins over everything else that is known
    unknown,  // a word that is none of these
  };
  State state = State::none;
  std::optional<std::uint8_t> percent;  // of its weight that it asks for, 0 to 100

  bool operator==(const NodeWords&) const = default;
};

/// Reads the first line. Words are separated by blanks or commas, in any order and either case; a
/// `#` begins a description. `maxconn:N` is ignored, more than 100 % counts as 100 %.
NodeWords read_node_words(std::string_view text);

}  // namespace rollcall
