/// RFC 2308 section 2.2, "No Data": NOERROR, no answer, the SOA: what tells it from a referral.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2308Section22, TheTypeThatIsNotThere) {
  EXPECT_EQ(Server("").says("ns.example.com", Type::TXT),
            std::string("NOERROR AA\nQUESTION ns.example.com. TXT IN\n").append(kDenial));
}

TEST(Rfc2308Section22, TheEndOfAChainDoesNotHaveIt) {
  EXPECT_EQ(Server("a CNAME ns\n").says("a.example.com", Type::TXT),
            std::string("NOERROR AA\nQUESTION a.example.com. TXT IN\n"
                        "ANSWER a.example.com. 300 CNAME ns.example.com.\n")
                .append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
