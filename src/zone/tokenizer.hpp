/// Zone file text to entries of words (RFC 1035 section 5.1).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dns/rdata_text.hpp"

namespace rollcall::zone {

struct TokenError {
  std::uint32_t offset = 0;  // octets from the start of the text
  std::string message;
};

/// The words of one entry: a line, or several where parentheses join them.
struct Entry {
  std::vector<dns::Word> words;  // views into the text, escapes (and the quotes of a="b") in them
  bool leading_blank = false;    // the owner is omitted
  std::optional<TokenError> error;
};

inline constexpr std::size_t kMaxWords = 70'000;  // no RDATA of 65,535 octets has more

/// A line ends with LF or CR LF; the last line may end without. Allocates only where `entry` grows.
class Tokenizer {
 public:
  explicit Tokenizer(std::string_view text, std::size_t start = 0)
      : text_(text), at_(start), block_(text.data() + text.size()) {}

  /// Reads the next entry that has words. After an error it continues with the next line.
  /// @return false at the end of the text
  bool next(Entry& entry);

 private:
  bool read_line(Entry& entry);
  bool read_word(Entry& entry);
  const char* word_end(const char* at);
  bool read_quoted(Entry& entry);
  std::size_t closing_quote(std::size_t at) const;
  bool not_closed(Entry& entry, std::size_t quote);
  bool wrong(Entry& entry, std::size_t offset, const char* message);
  void skip_line();

  std::string_view text_;
  std::size_t at_;
  const char* block_;              // 64 letters that were examined together; at first none
  std::uint64_t block_stops_ = 0;  // a bit for each
};

}  // namespace rollcall::zone
