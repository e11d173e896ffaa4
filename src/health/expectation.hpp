/// Finding an expected text in octets that arrive in pieces.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rollcall::health {

/// What a probe may read of a reply before it gives up looking.
inline constexpr std::size_t kMaxReplySearched = 8UL * 1024;  // octets, as for HTTP bodies

enum class Found : std::uint8_t { yes, not_yet, no };

/// Fed with what the member sends; keeps at most kMaxReplySearched octets.
class Expectation {
 public:
  /// @param expect empty: satisfied by anything
  explicit Expectation(std::string_view expect) : expect_(expect) {}

  /// @return no once kMaxReplySearched octets went by without the text
  Found feed(std::string_view piece) {
    if (found_) return Found::yes;
    const std::size_t room = kMaxReplySearched - seen_.size();
    // Only the part that can hold the rest of a match is searched again.
    const std::size_t from = seen_.size() > expect_.size() ? seen_.size() - expect_.size() : 0;
    seen_.append(piece.substr(0, room));
    found_ = seen_.find(expect_, from) != std::string::npos;
    if (found_) return Found::yes;
    return seen_.size() >= kMaxReplySearched ? Found::no : Found::not_yet;
  }

  bool satisfied() const noexcept { return expect_.empty() || found_; }
  const std::string& seen() const noexcept { return seen_; }

 private:
  std::string expect_;
  std::string seen_;
  bool found_ = false;
};

/// The first line of a reply for a message to people: at most 60 characters, control characters as
/// dots.
std::string reply_excerpt(std::string_view reply);

}  // namespace rollcall::health
