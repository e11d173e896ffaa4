/// RFC 4592 section 4.3, "CNAME RRSet at a Wildcard Domain Name": the alias is made under the name
/// asked for and then followed.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4592Section43, TheAliasIsFollowed) {
  EXPECT_EQ(Server("*.w CNAME ns\n").says("q.w.example.com"),
            "NOERROR AA\nQUESTION q.w.example.com. A IN\n"
            "ANSWER q.w.example.com. 300 CNAME ns.example.com.\n"
            "ANSWER ns.example.com. 300 A 192.0.2.1\n");
}

}  // namespace
}  // namespace rollcall::rfc
