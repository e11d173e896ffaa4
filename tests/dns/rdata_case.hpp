/// An RDATA in presentation format, and what becomes of it.
#pragma once

#include <gtest/gtest.h>

#include <vector>

#include "dns/encoding.hpp"
#include "dns/rdata_text.hpp"

namespace rollcall::dns {

/// Blanks part words; quotes hold them, those of key="value" too.
inline std::vector<Word> words_of(std::string_view text) {
  std::vector<Word> words;
  for (std::size_t at = 0; at < text.size();) {
    const bool quoted = text[at] == '"';
    const std::size_t start = quoted ? at + 1 : at;
    std::size_t end = start;
    bool inside = quoted;
    while (end < text.size() && (inside ? text[end] != '"' || !quoted : text[end] != ' ')) {
      if (text[end] == '"') inside = !inside;
      end += text[end] == '\\' ? 2 : 1;
    }
    if (end > start || quoted) words.push_back({text.substr(start, end - start), quoted});
    at = quoted ? end + 2 : end + 1;
  }
  return words;
}

struct Good {
  const char* type;
  const char* text;   // as read
  const char* hex;    // as on the wire
  const char* again;  // as written; null: as read
};

struct Bad {
  const char* type;
  const char* text;
  std::size_t word;
  const char* message;
};

inline void expect_round_trip(const Good& good, const Name& origin) {
  const Type type = *parse_type(good.type);
  std::vector<std::uint8_t> wire;
  const auto parsed = parse_rdata(type, words_of(good.text), origin, wire);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(to_hex(wire), good.hex);
  EXPECT_TRUE(valid_rdata(type, wire));
  const std::string text = rdata_to_text(type, wire);
  EXPECT_EQ(text, good.again ? good.again : good.text);
  std::vector<std::uint8_t> again;
  const auto reread = parse_rdata(type, words_of(text), Name(), again);
  ASSERT_TRUE(reread) << reread.error().message;
  EXPECT_EQ(again, wire);
}

}  // namespace rollcall::dns
