/// A check's steps played against what a member says.
///
/// Each `expect` looks behind what the one before it found, so that an early reply is not taken for
/// a late one. What must not be said is looked for in everything that is heard; where there is
/// such a text, a line counts when it is whole.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "health/check.hpp"

namespace rollcall::health {

class Script {
 public:
  /// @param steps,reject outlive the script
  /// @param greeting what was heard before: the first expectations may find it
  explicit Script(const std::vector<ScriptStep>& steps, const TextPattern& reject = kNothing,
                  std::string_view greeting = {});

  enum class Next : std::uint8_t { send, receive, done, failed };

  /// What is to be done now. After `send` the step counts as done; after `receive` comes received()
  /// or ended().
  Next next();
  /// The line of the last Next::send, with CR and LF.
  std::string line() const { return steps_[at_ - 1].text.written() + "\r\n"; }

  void received(std::string_view piece);
  /// The member has closed the connection.
  void ended() noexcept { ended_ = true; }

  /// Why it failed, in words; names the step where there are several.
  std::string failure() const;
  /// The same of a script that waits, where something else was said; else empty.
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
  std::string heard_;     // since what was found last, and the octet before
  std::size_t from_ = 0;  // where it begins: 0 or 1
  bool ended_ = false;
  bool rejected_ = false;
};

}  // namespace rollcall::health
