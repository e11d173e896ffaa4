/// A check's steps played against what a member says.
///
/// Each `expect` looks behind what the one before it found, so that an early reply is not taken for
/// a late one.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "health/check.hpp"

namespace rollcall::health {

class Script {
 public:
  /// @param steps outlive the script
  explicit Script(const std::vector<ScriptStep>& steps) : steps_(steps) {}

  enum class Next : std::uint8_t { send, receive, done, failed };

  /// What is to be done now. After `send` the step counts as done; after `receive` comes received()
  /// or ended().
  Next next();
  /// The line of the last Next::send, with CR and LF.
  std::string line() const { return steps_[at_ - 1].text + "\r\n"; }

  void received(std::string_view piece);
  /// The member has closed the connection.
  void ended() noexcept { ended_ = true; }

  /// Why it failed, in words; names the step where there are several.
  std::string failure() const;
  /// The same of a script that waits, where something else was said; else empty.
  std::string pending() const { return heard_.empty() ? std::string() : failure(); }

 private:
  bool expectation_met();

  const std::vector<ScriptStep>& steps_;
  std::size_t at_ = 0;
  std::string heard_;  // since what was found last
  bool ended_ = false;
};

}  // namespace rollcall::health
