#include "convert/vscf.hpp"

#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

/// The value as one line, or the error.
std::string shown(const VscfValue& value) {
  if (value.is_text()) return value.word.text;
  std::string out = value.is_list() ? "[" : "{";
  for (const VscfValue& item : value.items) out += " " + shown(item);
  for (const VscfEntry& entry : value.entries)
    out += " " + entry.key.text + "=" + shown(entry.value);
  return out + (value.is_list() ? " ]" : " }");
}

std::string read_text(const std::string& text, std::map<std::string, std::string> disk = {}) {
  const Surroundings surroundings{.read_file = [&](const std::string& path) -> Result<std::string> {
                                    const auto found = disk.find(path);
                                    if (found == disk.end()) return fail(path + ": none");
                                    return found->second;
                                  },
                                  .service_port = {}};
  const SourceFile source{"etc/config", text};
  Shelf shelf({}, surroundings);
  VscfReader reader(shelf);
  const auto value = reader.read(source);
  return value ? shown(*value) : to_string(value.error());
}

TEST(Vscf, ReadsTheThreeSpellingsOfItsManual) {
  const std::string same = "{ options={ listen=[ 192.0.2.1 192.0.2.2 ] } }";
  EXPECT_EQ(read_text("options = {\n listen = [ 192.0.2.1, 192.0.2.2 ],\n}"), same);
  EXPECT_EQ(read_text("\"options\" => {\n listen => [ 192.0.2.1 192.0.2.2 ]\n}"), same);
  EXPECT_EQ(read_text("options={listen=[192.0.2.1 192.0.2.2]}"), same);
}

TEST(Vscf, ReadsIncludedFiles) {
  EXPECT_EQ(read_text("a => $include{x} $include{\"y\"} c => d",
                      {{"etc/x", "[ 1 2 ]"}, {"etc/y", "b => { q => r }"}}),
            "{ a=[ 1 2 ] b={ q=r } c=d }");
  EXPECT_EQ(read_text("$include{x}"), "etc/config:1:1: error: $include: etc/x: none");
  EXPECT_EQ(read_text("$include{x", {{"etc/x", ""}}),
            "etc/config:1:10: error: expected \"}\" after the path");
  EXPECT_EQ(read_text("a => $include{ }"), "etc/config:1:16: error: expected the path of a file");
}

TEST(Vscf, EndsWhereFilesIncludeThemselves) {
  EXPECT_THAT(read_text("$include{x}", {{"etc/x", "a => { $include{x} }"}}),
              testing::HasSubstr("too many"));
}

TEST(Vscf, NamesThePlaceOfAnError) {
  EXPECT_EQ(read_text("a => {\n b => [ c"), "etc/config:2:7: error: never closed");
  EXPECT_EQ(read_text("a => {\n b => c"), "etc/config:1:6: error: never closed");
  EXPECT_EQ(read_text("a b"), "etc/config:1:3: error: expected \"=\" after \"a\"");
  EXPECT_EQ(read_text("a =>"), "etc/config:1:3: error: expected a value after this");
  EXPECT_EQ(read_text("a => ]"), "etc/config:1:6: error: expected a value, not \"]\"");
  EXPECT_EQ(read_text("{"), "etc/config:1:1: error: expected a key, not \"{\"");
  EXPECT_EQ(read_text("[ a ] b"), "etc/config:1:7: error: expected the end of the file here");
  EXPECT_THAT(read_text("a = " + std::string(100, '[')), testing::HasSubstr("too many brackets"));
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "a={";
  EXPECT_THAT(read_text(deep), testing::HasSubstr("too many braces"));
}

}  // namespace
}  // namespace rollcall::convert
