/// RFC 2181 section 5.2, "TTLs of RRs in an RRSet": all records of a set have one TTL.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2181Section52, TheLowestServesForAll) {
  const char* records = "www 90 A 192.0.2.2\nwww 60 A 192.0.2.3\nwww TXT other\n";
  EXPECT_THAT(
      Server(records).ask(Question{"www.example.com"}).answer,
      UnorderedElementsAre("www.example.com. 60 A 192.0.2.2", "www.example.com. 60 A 192.0.2.3"));
  EXPECT_THAT(
      said(records),
      ElementsAre(
          "zone:6:1: warning: the TTLs of the A records at one name differ: using the lowest, 60"));
}

}  // namespace
}  // namespace rollcall::rfc
