/// RFC 2308 section 2.1, "Name Error": NXDOMAIN in the header, also behind a CNAME, which stays in
/// the answer.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2308Section21, TheNameThatIsNotThere) {
  EXPECT_EQ(Server("").says("no.example.com", Type::TXT),
            std::string("NXDOMAIN AA\nQUESTION no.example.com. TXT IN\n").append(kDenial));
}

TEST(Rfc2308Section21, TheEndOfAChainIsNotThere) {
  EXPECT_EQ(Server("a CNAME no\n").says("a.example.com"),
            std::string("NXDOMAIN AA\nQUESTION a.example.com. A IN\n"
                        "ANSWER a.example.com. 300 CNAME no.example.com.\n")
                .append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
