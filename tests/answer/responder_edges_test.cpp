/// Answers at the edges: sizes, limits, names that end where others begin.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answer/response_writer.hpp"
#include "served_zones.hpp"

namespace rollcall::answer {
namespace {

using dns::Rcode;
using dns::Type;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr const char* kSoa = "$TTL 60\n@ SOA ns root 7 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

zone::Catalog catalog_of(const std::string& tail, std::vector<std::string> pools = {},
                         const std::string& origin = "example.com") {
  return load_catalog({{.origin = origin, .text = kSoa + tail, .pools = std::move(pools)}});
}

void set_mask(const zone::Catalog& catalog, std::uint32_t watch, std::uint64_t mask) {
  const std::vector<zone::MaskChange> change{{WatchId{watch}, mask}};
  catalog.entry(0).zone->watch_table().apply(change, 8);
}

std::string labels(std::size_t count, std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += std::string(size, 'x') + ".";
  return text;
}

TEST(ResponderEdges, TransfersOverUdp) {
  const zone::Catalog catalog = catalog_of("");
  EXPECT_EQ(ask(catalog, {"example.com", Type::AXFR}).rcode, unsigned(Rcode::notimp));
  const Response ixfr = ask(catalog, {"example.com", Type::IXFR});
  EXPECT_THAT(ixfr.answer,
              ElementsAre("example.com. 60 SOA ns.example.com. root.example.com. 7 2 3 4 5"));
  EXPECT_TRUE(ixfr.aa());
}

TEST(ResponderEdges, TheLongestName) {
  // 3 * 64 + 50 + 12 ("example.com.") + 1 = 255 octets
  const std::string longest = labels(3, 63) + labels(1, 49) + "example.com";
  ASSERT_EQ(name_of(longest).size(), dns::kMaxNameSize);
  const zone::Catalog plain = catalog_of("");
  EXPECT_EQ(ask(plain, {longest}).rcode, unsigned(Rcode::nxdomain));
  const zone::Catalog wild = catalog_of("* A 192.0.2.9\n");
  EXPECT_THAT(ask(wild, {longest}).answer, ElementsAre(longest + ". 60 A 192.0.2.9"));
  const zone::Catalog longer = catalog_of("d DNAME a.d.example.com.\n");
  const Response overlong = ask(longer, {labels(3, 63) + labels(1, 47) + "d.example.com"});
  EXPECT_EQ(overlong.rcode, unsigned(Rcode::yxdomain));
  EXPECT_EQ(overlong.answer.size(), 1U);
}

TEST(ResponderEdges, TheRootAsOrigin) {
  const zone::Catalog catalog = catalog_of(
      "@ MX 1 ns\nx.org CNAME .\n"
      "c CNAME ns\n*.any 5 A 192.0.2.3\n",
      {}, ".");
  EXPECT_THAT(ask(catalog, {".", Type::MX}).answer, ElementsAre(". 60 MX 1 ns."));
  EXPECT_THAT(ask(catalog, {".", Type::MX}).additional, ElementsAre("ns. 60 A 192.0.2.1"));
  EXPECT_THAT(ask(catalog, {"c"}).answer, ElementsAre("c. 60 CNAME ns.", "ns. 60 A 192.0.2.1"));
  EXPECT_THAT(ask(catalog, {"x.org", Type::NS}).answer,
              ElementsAre("x.org. 60 CNAME .", ". 60 NS ns."));
  EXPECT_THAT(ask(catalog, {"q.any"}).answer, ElementsAre("q.any. 5 A 192.0.2.3"));
  EXPECT_THAT(ask(catalog, {"no.such"}).authority, ElementsAre(". 5 SOA ns. root. 7 2 3 4 5"));
}

TEST(ResponderEdges, AChainThatComesBackToTheOrigin) {
  const zone::Catalog catalog = catalog_of("up.a.b CNAME @\n*.w CNAME @\n@ MX 1 ns\n");
  for (const char* name : {"up.a.b.example.com", "longer.than.that.w.example.com"}) {
    const Response response = ask(catalog, {name, Type::MX});
    EXPECT_THAT(response.answer, ElementsAre(std::string(name) + ". 60 CNAME example.com.",
                                             "example.com. 60 MX 1 ns.example.com."));
    EXPECT_THAT(response.additional, ElementsAre("ns.example.com. 60 A 192.0.2.1"));
    EXPECT_THAT(ask(catalog, {name, Type::SRV}).authority,
                ElementsAre("example.com. 5 SOA ns.example.com. root.example.com. 7 2 3 4 5"));
  }
}

TEST(ResponderEdges, ADnameAtTheApex) {
  const zone::Catalog catalog =
      load_catalog({{.origin = "old.org",
                     .text = "$TTL 60\n@ SOA ns.example.com. root 7 2 3 4 5\n"
                             "@ NS ns.example.com.\n@ DNAME example.com.\n"},
                    {.origin = "example.com", .text = std::string(kSoa) + "*.w A 192.0.2.9\n"}});
  EXPECT_THAT(
      ask(catalog, {"Q.w.old.org"}).answer,
      ElementsAre("old.org. 60 DNAME example.com.", "Q.w.old.org. 60 CNAME q.w.example.com.",
                  "q.w.example.com. 60 A 192.0.2.9"));
  EXPECT_THAT(ask(catalog, {"old.org", Type::A}).answer, IsEmpty());
}

TEST(ResponderEdges, AWatchedWildcardAnswersWithItsLiveRecords) {
  const zone::Catalog catalog =
      catalog_of("*.w 1 A 192.0.2.5\n*.w 1 A 192.0.2.6\n*.w 1 A 192.0.2.7\nc CNAME a.b.w\n",
                 {"*.w.example.com"});
  set_mask(catalog, 0, 0b101);
  EXPECT_THAT(
      ask(catalog, {"any.w.example.com"}).answer,
      UnorderedElementsAre("any.w.example.com. 1 A 192.0.2.5", "any.w.example.com. 1 A 192.0.2.7"));
  EXPECT_EQ(ask(catalog, {"c.example.com"}).answer.size(), 3U);
  set_mask(catalog, 0, 0);
  const Response none = ask(catalog, {"any.w.example.com"});
  EXPECT_THAT(none.answer, IsEmpty());
  EXPECT_EQ(none.authority.size(), 1U);
  EXPECT_EQ(none.rcode, unsigned(Rcode::noerror));
}

TEST(ResponderEdges, MoreReservedThanThereIsLeavesNoRoom) {
  const zone::Catalog catalog = catalog_of("");
  std::vector<std::uint8_t> out(64, 0xee);
  Random random(1);
  ResponseWriter writer(MutableBytes(out).first(40), 40, random);
  const std::vector<std::uint8_t> text{1, 'x'};
  dns::Query query;
  writer.begin(make_query({"example.com"}), query);
  writer.reserve(100);
  EXPECT_FALSE(writer.append_record(Section::answer, 12, Type::TXT, 1, text));
  EXPECT_FALSE(writer.append_soa(Section::answer, *catalog.entry(0).zone, 12, 1));
  writer.release(100);
  EXPECT_TRUE(writer.append_record(Section::answer, 12, Type::TXT, 1, text));
  EXPECT_EQ(out[40], 0xee);
}

TEST(ResponderEdges, FillsADatagramToItsLastOctet) {
  std::string tail;
  for (int i = 1; i <= 60; ++i) tail += "wide A 192.0.2." + std::to_string(i) + "\n";
  const zone::Catalog catalog = catalog_of(tail);
  Question question{.name = "wide.example.com"};
  const std::size_t whole = ask(catalog, question, Transport::tcp).size;
  ASSERT_GT(whole, 512U);
  question.edns_size = static_cast<std::uint16_t>(whole);
  EXPECT_FALSE(ask(catalog, question).tc());
  question.edns_size = static_cast<std::uint16_t>(whole - 1);
  EXPECT_TRUE(ask(catalog, question).tc());
}

TEST(ResponderEdges, GlueComesBeforeAddressesThatMayBeLeftOut) {
  std::string tail = "sub NS a\nsub NS ns.sub\nns.sub A 192.0.2.200\n";
  for (int i = 1; i <= 26; ++i) tail += "a A 192.0.2." + std::to_string(i) + "\n";
  const Response r = ask(catalog_of(tail), {.name = "sub.example.com", .edns_size = 512});
  EXPECT_FALSE(r.tc());
  EXPECT_THAT(r.additional, ElementsAre("ns.sub.example.com. 60 A 192.0.2.200"));
}

}  // namespace
}  // namespace rollcall::answer
