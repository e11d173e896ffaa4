/// RFC 2181 section 5, "Resource Record Sets": no RRset has two records of the same data.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2181Section5, ARecordThatStandsTwiceCountsOnce) {
  EXPECT_EQ(
      Server("www A 192.0.2.2\nwww A 192.0.2.2\n").says("www.example.com"),
      "NOERROR AA\nQUESTION www.example.com. A IN\nANSWER www.example.com. 300 A 192.0.2.2\n");
}

TEST(Rfc2181Section5, AnAnswerThatComesToARecordTwiceHasItOnce) {
  const Server server("d DNAME e\na.e CNAME b.d\nb.e A 192.0.2.2\n");
  EXPECT_EQ(server.says("a.d.example.com"),
            "NOERROR AA\nQUESTION a.d.example.com. A IN\n"
            "ANSWER d.example.com. 300 DNAME e.example.com.\n"
            "ANSWER a.d.example.com. 300 CNAME a.e.example.com.\n"
            "ANSWER a.e.example.com. 300 CNAME b.d.example.com.\n"
            "ANSWER b.d.example.com. 300 CNAME b.e.example.com.\n"
            "ANSWER b.e.example.com. 300 A 192.0.2.2\n");
}

}  // namespace
}  // namespace rollcall::rfc
