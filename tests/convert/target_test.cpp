#include "convert/target.hpp"

#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

TEST(Target, NamesFilesByTheLastPartOfAPath) {
  EXPECT_EQ(last_part("/var/named/db.x"), "db.x");
  EXPECT_EQ(last_part("C:\\zones\\db.x"), "db.x");
  EXPECT_EQ(last_part("a b\n\"c\xff"), "a-b--c-");
  for (const char* path : {"", "/", "a/..", "."}) EXPECT_EQ(last_part(path), "zone") << path;
}

TEST(Target, NamesEveryCheckDifferently) {
  const Surroundings surroundings;
  Target target(surroundings);
  const auto check = [](const char* port) { return Settings{{"type", "tcp"}, {"port", port}}; };
  EXPECT_EQ(target.add_check("a", check("1")), "a");
  EXPECT_EQ(target.add_check("b", check("1")), "a");
  EXPECT_EQ(target.add_check("a-2", check("2")), "a-2");
  EXPECT_EQ(target.add_check("a", check("3")), "a-3");
  EXPECT_EQ(target.add_check("x\ny", check("4")), "check");
  EXPECT_EQ(target.add_check("", check("5")), "check-2");
}

TEST(Target, KnowsWhatAConfigurationAccepts) {
  EXPECT_TRUE(is_check_path("/a?b"));
  EXPECT_TRUE(is_check_host("www.example.com"));
  EXPECT_TRUE(is_check_text("gr\xC3\xBC\xC3\x9F"));
  for (const char* text : {"", "a", "/a b", "/a#b", "/\xff"}) EXPECT_FALSE(is_check_path(text));
  for (const char* text : {"", "a b", "a/b", "a:80", "\xC3\xBC"}) EXPECT_FALSE(is_check_host(text));
  for (const char* text : {"", "a\nb", "\xff"}) EXPECT_FALSE(is_check_text(text));
}

}  // namespace
}  // namespace rollcall::convert
