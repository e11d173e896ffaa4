#include "health/script.hpp"

#include <fmt/format.h>

#include "health/reply.hpp"

namespace rollcall::health {
namespace {

std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
}

}  // namespace

Script::Next Script::next() {
  while (at_ < steps_.size()) {
    if (steps_[at_].kind == ScriptStep::Kind::send) {
      ++at_;
      return Next::send;
    }
    if (expectation_met()) continue;
    return ended_ || heard_.size() >= kMaxReplySearched ? Next::failed : Next::receive;
  }
  return Next::done;
}

bool Script::expectation_met() {
  const std::string& wanted = steps_[at_].text;
  const std::size_t found = heard_.find(wanted);
  if (found == std::string::npos) return false;
  heard_.erase(0, found + wanted.size());
  ++at_;
  return true;
}

void Script::received(std::string_view piece) {
  heard_.append(piece.substr(0, kMaxReplySearched - heard_.size()));
}

std::string Script::failure() const {
  const std::string where = steps_.size() > 2 ? fmt::format("step {}: ", at_ + 1) : std::string();
  if (heard_.empty()) {
    return fmt::format("{}expected \"{}\", the connection was closed", where, steps_[at_].text);
  }
  // In a longer conversation the last line is the reply; before it may stand the rest of others.
  return where + unexpected(steps_[at_].text, steps_.size() > 2 ? last_line(heard_) : heard_);
}

}  // namespace rollcall::health
