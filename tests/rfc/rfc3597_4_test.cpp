/// RFC 3597 section 4, "Domain Name Compression": only the types of RFC 1035 have their names
/// compressed.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

/// How often the zone's name stands in full in the response.
std::size_t names_in_full(const char* record) {
  const std::string text(record);
  const auto type = *dns::parse_type(text.substr(0, text.find(' ')));
  const std::string reply =
      hex(Server("r " + text + "\n")
              .reply(make_query({.name = "r.example.com", .type = type, .edns_size = {}}),
                     Transport::tcp));
  const std::string name = hex("07 6578616d706c65 03 636f6d 00");
  std::size_t count = 0;
  for (std::size_t at = 0; (at = reply.find(name, at)) != std::string::npos; ++at) ++count;
  return count;
}

TEST(Rfc3597Section4, TheTypesOfRfc1035ArePointed) {
  for (const char* record : {"CNAME x", "PTR x", "MX 1 x"}) {
    EXPECT_EQ(names_in_full(record), 1U) << record;  // the question's
  }
}

TEST(Rfc3597Section4, NoOtherTypeIs) {
  for (const char* record :
       {"SRV 1 2 3 x", "NAPTR 1 2 \"\" \"\" \"\" x", "KX 1 x", "AFSDB 1 x", "RT 1 x", "LP 1 x",
        "SVCB 1 x", "NSEC x A", "IPSECKEY 1 3 0 x", "DNAME x"}) {
    EXPECT_EQ(names_in_full(record), 2U) << record;
  }
  EXPECT_EQ(names_in_full("RP x y"), 3U);
  EXPECT_EQ(names_in_full("PX 1 x y"), 3U);
}

}  // namespace
}  // namespace rollcall::rfc
