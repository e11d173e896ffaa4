/// RFC 6672 section 3.1, "CNAME Synthesis": the CNAME has the TTL of its DNAME, and the question's
/// name with its case.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6672Section31, TtlAndOwnerOfTheCname) {
  EXPECT_EQ(Server("d 77 DNAME example.net.\n").says("X.d.example.com"),
            "NOERROR AA\nQUESTION X.d.example.com. A IN\n"
            "ANSWER d.example.com. 77 DNAME example.net.\n"
            "ANSWER X.d.example.com. 77 CNAME x.example.net.\n");
}

}  // namespace
}  // namespace rollcall::rfc
