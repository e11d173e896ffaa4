#include "health/agent_reply.hpp"

#include <fmt/format.h>

#include "core/node_words.hpp"
#include "health/reply.hpp"

namespace rollcall::health {

Outcome agent_outcome(std::string_view reply, std::string_view source) {
  const std::string_view line = reply.substr(0, reply.find_first_of("\r\n"));
  const NodeWords words = read_node_words(line);
  Outcome outcome{.good = false, .reason = {}, .percent = words.percent};
  switch (words.state) {
    case NodeWords::State::none:
      outcome.reason = fmt::format("the {} names no state", source);
      break;
    case NodeWords::State::unknown:
      outcome.reason = fmt::format("the {} said \"{}\"", source, reply_excerpt(line));
      break;
    case NodeWords::State::drain:
    case NodeWords::State::down:
      outcome.withdrawn = words.state == NodeWords::State::drain;
      outcome.reason = fmt::format("the {} says \"{}\"", source, reply_excerpt(line));
      break;
    case NodeWords::State::up:
      outcome.good = true;
  }
  return outcome;
}

}  // namespace rollcall::health
