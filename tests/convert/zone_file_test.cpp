#include "convert/zone_file.hpp"

#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string mended(const std::string& text, std::vector<std::uint32_t>& lines) {
  return mend_class_words(text, [&](std::uint32_t line) { lines.push_back(line); });
}

TEST(ZoneFile, GetsBlanksBeforeRecordsWithoutAnOwner) {
  std::vector<std::uint32_t> lines;
  EXPECT_EQ(mended("@ IN SOA a b (\nIN 1\n2 )\nIN NS c\n in NS d\ninn IN A 1", lines),
            "@ IN SOA a b (\nIN 1\n2 )\n\tIN NS c\n in NS d\ninn IN A 1");
  EXPECT_THAT(lines, ElementsAre(4));
}

TEST(ZoneFile, HasNoOwnerToShareAtItsStartAndAfterADirective) {
  std::vector<std::uint32_t> lines;
  const std::string text = "IN NS c\n$TTL 60\nIN NS d\n";
  EXPECT_EQ(mended(text, lines), "IN NS c\n$TTL 60\nIN NS d\n");
  EXPECT_THAT(lines, ElementsAre());
}

TEST(ZoneFile, IsBesideAnother) {
  EXPECT_EQ(path_beside("/etc/bind/db.x", "sub/y"), "/etc/bind/sub/y");
  EXPECT_EQ(path_beside("db.x", "y"), "y");
  EXPECT_EQ(path_beside("a/db.x", "/y"), "/y");
}

TEST(ZoneFile, TakesIncludedFilesAlong) {
  const std::string conf = "zone example.com { type primary; file \"z/db\"; };";
  const std::string text = kZone + "$INCLUDE more/hosts\n";
  const auto made = convert_files(Format::bind, {{"named.conf", conf}},
                                  {{"z/db", text}, {"z/more/hosts", "mail IN A 192.0.2.9\n"}});
  ASSERT_TRUE(made);
  EXPECT_EQ(made->files.at("zones/db").text, text);
  EXPECT_EQ(made->files.at("zones/more/hosts").text, "mail IN A 192.0.2.9\n");
}

TEST(ZoneFile, IsRefusedWithTheFirstErrorOfTheLoader) {
  const std::string conf = "zone example.com { type primary; file db; };";
  for (const auto& [line, said] : std::map<std::string, std::string>{
           {"www IN A 1.2.3", "db:8:"},
           {"$INCLUDE ../x", "an included file must be below the zone file's folder"},
           {"$INCLUDE x", "x: No such file or directory"}}) {
    const auto made = convert_files(Format::bind, {{"named.conf", conf}}, {{"db", kZone + line}});
    EXPECT_THAT(yaml_of(made), HasSubstr("none of the files gives a zone")) << line;
    EXPECT_THAT(yaml_of(made), HasSubstr(said)) << line;
  }
}

}  // namespace
}  // namespace rollcall::convert
