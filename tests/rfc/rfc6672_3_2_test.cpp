/// RFC 6672 section 3.2, "Server Algorithm": the DNAME, the CNAME, then the search goes on;
/// YXDOMAIN where the name gets longer than 255 octets.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6672Section32, TheSearchGoesOnAtTheNewName) {
  EXPECT_EQ(Server("d DNAME e\nx.e A 192.0.2.2\n").says("x.d.example.com"),
            "NOERROR AA\nQUESTION x.d.example.com. A IN\n"
            "ANSWER d.example.com. 300 DNAME e.example.com.\n"
            "ANSWER x.d.example.com. 300 CNAME x.e.example.com.\n"
            "ANSWER x.e.example.com. 300 A 192.0.2.2\n");
}

TEST(Rfc6672Section32, ANameThatIsTooLongIsYxdomainBehindItsDname) {
  const std::string longest(63, 'x');
  const std::string target = longest + "." + longest + "." + longest;
  EXPECT_EQ(Server("d DNAME " + target + "\n").says(longest + ".d.example.com"),
            "YXDOMAIN AA\nQUESTION " + longest +
                ".d.example.com. A IN\nANSWER d.example.com. 300 DNAME " + target +
                ".example.com.\n");
}

}  // namespace
}  // namespace rollcall::rfc
