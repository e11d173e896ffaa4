/// Reads the words of one record's RDATA and collects its octets. The grammars of all record types
/// use it.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/bytes.hpp"
#include "core/number.hpp"
#include "dns/name.hpp"
#include "dns/rdata_text.hpp"

namespace rollcall::dns {

using Decode = bool (*)(std::string_view, std::vector<std::uint8_t>&);

/// A reading function returns false where the word was wrong; the error is then remembered.
class RdataWords {
 public:
  RdataWords(std::span<const Word> words, const Name& origin, std::vector<std::uint8_t>& out)
      : words_(words), origin_(origin), out_(out) {}

  bool at_end() const { return next_ == words_.size(); }
  std::string_view word() const { return words_[next_].text; }
  std::vector<std::uint8_t>& out() { return out_; }
  RdataError error() { return std::move(error_); }

  bool wrong(std::string message) {
    if (error_.message.empty()) error_ = {next_, std::move(message)};
    return false;
  }
  bool expected(std::string_view what) {
    if (at_end()) return wrong(fmt::format("expected {}, found the end of the record", what));
    return wrong(fmt::format("expected {}, found \"{}\"", what, word()));
  }
  /// Accepts the current word.
  bool done() {
    ++next_;
    return true;
  }
  void put(std::uint64_t value, unsigned octets) {
    while (octets-- > 0) out_.push_back(static_cast<std::uint8_t>(value >> (8 * octets)));
  }
  void put(Bytes octets) { out_.insert(out_.end(), octets.begin(), octets.end()); }

  template <class Number>
  bool number(std::string_view what) {
    const auto value = at_end() ? std::nullopt : parse_number<Number>(word());
    if (!value) return expected(what);
    put(*value, sizeof(Number));
    return done();
  }
  bool name();
  bool address_v4();
  bool address_v6();
  /// Reads all words that are left as one.
  bool rest_in(Decode decode, std::string_view what);

 protected:
  std::span<const Word> words_;
  const Name& origin_;
  std::vector<std::uint8_t>& out_;
  std::size_t next_ = 0;
  RdataError error_;
};

/// Four numbers without leading zeros, as inet_pton() requires.
bool parse_ipv4(std::string_view text, std::span<std::uint8_t, 4> address);
bool parse_ipv6(std::string_view text, std::span<std::uint8_t, 16> address);

}  // namespace rollcall::dns
