#include "core/wildcard.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall {
namespace {

TEST(Wildcard, AStarStandsForAnyRun) {
  EXPECT_TRUE(matches_wildcard("192.0.2.*", "192.0.2.17"));
  EXPECT_FALSE(matches_wildcard("192.0.2.*", "192.0.20.17"));
  EXPECT_TRUE(matches_wildcard("*.Example", "mx1.example"));
  EXPECT_FALSE(matches_wildcard("*.example", "example"));
  EXPECT_TRUE(matches_wildcard("mx*.*.example", "mx1.a.b.example"));
  EXPECT_TRUE(matches_wildcard("a*", "a")) << "an empty run";
  EXPECT_TRUE(matches_wildcard("*ab*ab", "abxabab"));
  EXPECT_FALSE(matches_wildcard("*ab*abc", "abxabab"));
  EXPECT_TRUE(matches_wildcard("**", ""));
}

TEST(Wildcard, WithoutAStarItIsTheText) {
  EXPECT_TRUE(matches_wildcard("www.example", "WWW.example"));
  EXPECT_FALSE(matches_wildcard("www.example", "www.example.com"));
  EXPECT_FALSE(matches_wildcard("www.example", "www"));
  EXPECT_FALSE(is_wildcard("www.example"));
  EXPECT_TRUE(is_wildcard("*"));
}

TEST(Wildcard, ManyStarsTakeNoTime) {
  std::string pattern;
  for (int i = 0; i < 500; ++i) pattern += "*a";
  EXPECT_FALSE(matches_wildcard(pattern + "b", std::string(2000, 'a')));
}

}  // namespace
}  // namespace rollcall
