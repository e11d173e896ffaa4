#include "health/script.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "health/reply.hpp"

namespace rollcall::health {
namespace {

std::string_view last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
  return text.substr(text.rfind('\n') + 1);  // npos + 1 is 0
}

}  // namespace

Script::Script(const std::vector<ScriptStep>& steps, const TextPattern& reject,
               std::string_view greeting)
    : steps_(steps), reject_(reject) {
  received(greeting);
}

Script::Next Script::next() {
  if (is_rejected()) return Next::failed;
  while (at_ < steps_.size()) {
    if (steps_[at_].kind == ScriptStep::Kind::send) {
      ++at_;
      return Next::send;
    }
    if (expectation_met()) continue;
    return is_at_end() ? Next::failed : Next::receive;
  }
  return Next::done;
}

bool Script::is_at_end() const noexcept {
  return ended_ || heard_.size() - from_ >= kMaxReplySearched;
}

bool Script::is_rejected() {
  if (rejected_ || reject_.empty()) return rejected_;
  rejected_ = reject_.find_end(heard_, from_, ended_).has_value();
  return rejected_;
}

bool Script::expectation_met() {
  const auto end = steps_[at_].text.find_end(heard_, from_, ended_);
  if (!end) return false;
  // The rejected text may follow on the same line.
  if (!reject_.empty() && !is_at_end() &&
      heard_.find('\n', std::max<std::size_t>(*end, 1) - 1) == std::string::npos) {
    return false;
  }
  // One octet stays: it shows whether the next text begins a line.
  const std::size_t gone = std::max<std::size_t>(*end, 1) - 1;
  heard_.erase(0, gone);
  from_ = *end - gone;
  ++at_;
  return true;
}

void Script::received(std::string_view piece) {
  heard_.append(piece.substr(0, kMaxReplySearched + from_ - heard_.size()));
}

std::string_view Script::unread() const noexcept {
  return std::string_view(heard_).substr(from_);
}

std::string Script::failure() const {
  const std::string where = steps_.size() > 2 ? fmt::format("step {}: ", at_ + 1) : std::string();
  if (rejected_) return where + rejected(reject_, unread());
  const TextPattern& wanted = steps_[at_].text;
  if (unread().empty()) {
    return fmt::format("{}expected {}, but the connection was closed", where, wanted.quoted());
  }
  // In a longer conversation the last line is the reply; the rest of others may come before it.
  return where + unexpected(wanted, steps_.size() > 2 ? last_line(unread()) : unread());
}

}  // namespace rollcall::health
