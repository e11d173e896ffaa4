/// RFC 9660 section 3, "ZONEVERSION Processing": who asks gets the number of the zone's labels and
/// its serial; what is no answer from a zone of ours has none.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

std::optional<Octets> version(const Server& server, const char* name, Type type = Type::A,
                              Octets value = {}) {
  return server
      .ask(make_query({.name = name,
                       .type = type,
                       .options = {{dns::EdnsOption::zone_version, std::move(value)}}}))
      .option(dns::EdnsOption::zone_version);
}

TEST(Rfc9660Section3, AnAnswerFromAZoneSaysWhichVersion) {
  const Server server("a A 192.0.2.1\nsub NS ns.other.\n");
  const Octets seven{2, 0, 0, 0, 0, 7};  // labels, SOA-SERIAL, serial
  EXPECT_EQ(version(server, "a.example.com"), seven);
  EXPECT_EQ(version(server, "none.example.com"), seven) << "NXDOMAIN is an answer, too";
  EXPECT_EQ(version(server, "a.example.com", Type::TXT), seven);
  EXPECT_EQ(version(server, "x.sub.example.com"), seven) << "a referral is from this zone";
  EXPECT_EQ(version(server, "example.com", Type::SOA), seven);
  server.zone().watch_table().apply(std::vector<zone::MaskChange>{}, 0x01020304);
  EXPECT_EQ(version(server, "a.example.com"), (Octets{2, 0, 1, 2, 3, 4})) << "the served serial";
}

TEST(Rfc9660Section3, WhatIsRefusedHasNone) {
  const Server server("");
  EXPECT_FALSE(version(server, "example.org"));
  EXPECT_FALSE(
      server.ask(make_query({.name = "example.com"})).option(dns::EdnsOption::zone_version))
      << "not asked for";
}

/// Section 3.2: the option is empty in a query.
TEST(Rfc9660Section3, AQueryWithAVersionIsAFormatError) {
  const Octets query =
      make_query({.name = "example.com", .options = {{dns::EdnsOption::zone_version, {0, 0}}}});
  EXPECT_EQ(Server("").ask(query).rcode, 1U);
}

}  // namespace
}  // namespace rollcall::rfc
