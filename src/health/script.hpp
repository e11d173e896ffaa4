/// Plays a check's steps against a member's replies.
///
/// Each `expect` searches after the text that the one before it found, so that an early reply is
/// not taken for a later one. The rejected text is searched for in everything received; where there
/// is such a text, a line counts once it is complete.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "health/check.hpp"

namespace rollcall::health {

class Script {
 public:
  /// @param steps,reject outlive the script
  /// @param greeting text received before, in which the first expectations may match
  explicit Script(const std::vector<ScriptStep>& steps, const TextPattern& reject = kNothing,
                  std::string_view greeting = {});

  enum class Next : std::uint8_t { send, receive, done, failed };

  /// The next action. After `send` the step counts as done; after `receive` call received() or
  /// ended().
  Next next();
  /// The line of the last Next::send, with CR and LF.
  std::string line() const { return steps_[at_ - 1].text.written() + "\r\n"; }

  void received(std::string_view piece);
  /// The member has closed the connection.
  void ended() noexcept { ended_ = true; }

  /// The reason of a failure, in words; names the step where there are several.
  std::string failure() const;
  /// The same for a waiting script that received something else; empty where it received nothing.
  std::string pending() const { return unread().empty() ? std::string() : failure(); }

 private:
  static inline const TextPattern kNothing;

  bool is_at_end() const noexcept;
  bool is_rejected();
  bool expectation_met();
  std::string_view unread() const noexcept;

  const std::vector<ScriptStep>& steps_;
  const TextPattern& reject_;
  std::size_t at_ = 0;
  std::string heard_;     // text after the last match, and the octet before it
  std::size_t from_ = 0;  // where that text begins: 0 or 1
  bool ended_ = false;
  bool rejected_ = false;
};

}  // namespace rollcall::health
