#include "content/written_zone.hpp"

#include "content_cases.hpp"

namespace rollcall::content {
namespace {

const std::string kFile =
    "; the zone of the tests\n"
    "$TTL 60\n"
    "@ SOA ns1 root 1 2 3 4 5\n"
    "  NS ns1\n"
    "ns1 A 192.0.2.1 ; the first\n"
    "\n"
    "; servers\n"
    "www A 192.0.2.2\n"
    "    A 192.0.2.3 ; spare\n"
    "    TXT ( \"a;b\"\n"
    "          \"c\" )\n"
    "mail MX 10 www\n"
    "$GENERATE 1-3 host$ A 192.0.2.1$\n"
    "last A 192.0.2.9";

class WrittenZoneTest : public testing::Test {
 protected:
  std::string write(const edit::ZoneEdit& edit) {
    const auto read = [&](const std::string&) -> Result<std::string> { return kFile; };
    const ZonePtr zone = zone::load_zone(spec_of(), read).zone;
    const auto edited = edit::apply_edit(zone, edit, edit::PoolNames(spec_of()));
    EXPECT_TRUE(edited);
    ZoneDeltas deltas;
    deltas.put(deltas.changes_of(*zone, *edited->zone, edited->made, {}, WallTime{}));
    const auto written = written_zone(spec_of(), kFile, deltas, read);
    return written ? *written : "error: " + written.error().message;
  }
  static std::string file_with(const std::string& what, const std::string& instead) {
    std::string text = kFile;
    return text.replace(text.find(what), what.size(), instead);
  }
};

TEST_F(WrittenZoneTest, LinesThatDidNotChangeStay) {
  EXPECT_EQ(write({}), kFile);
  EXPECT_EQ(write({{record_of("www", "A", {"192.0.2.3"})}, {record_of("www", "A", {"192.0.2.7"})}}),
            file_with("    A 192.0.2.3 ; spare\n", "www.example.com. 60 IN A 192.0.2.7\n"));
  EXPECT_EQ(write({{}, {record_of("new", "AAAA", {"2001:db8::1"})}}),
            kFile + "\nnew.example.com. 60 IN AAAA 2001:db8::1\n");
}

TEST_F(WrittenZoneTest, AnOwnerThatGoesIsSaidByTheNextEntry) {
  EXPECT_EQ(write({{record_of("www", "A", {"192.0.2.2"})}, {}}),
            file_with("www A 192.0.2.2\n    A", "www.example.com.    A"));
  EXPECT_EQ(
      write({{record_of("www", "A", {"192.0.2.2"}), record_of("www", "A", {"192.0.2.3"})}, {}}),
      file_with("www A 192.0.2.2\n    A 192.0.2.3 ; spare\n    TXT", "www.example.com.    TXT"));
}

TEST_F(WrittenZoneTest, AnEntryOfSeveralLinesGoesWhole) {
  EXPECT_EQ(write({{record_of("www", "TXT", {"a;b", "c"})}, {}}),
            file_with("    TXT ( \"a;b\"\n          \"c\" )\n", ""));
}

TEST_F(WrittenZoneTest, AnotherTtlWritesTheRrsetAnew) {
  EXPECT_EQ(write({{}, {record_of("mail", "MX", {"10", "www"}, 300)}}),
            file_with("mail MX 10 www\n", "mail.example.com. 300 IN MX 10 www.example.com.\n"));
}

TEST_F(WrittenZoneTest, WhatIsGeneratedIsLeftToItsAuthor) {
  EXPECT_EQ(
      write({{record_of("host2", "A", {"192.0.2.12"})}, {}}),
      "error: host2.example.com A is made by $GENERATE or by an included file: change it there");
}

}  // namespace
}  // namespace rollcall::content
