/// RFC 4592 section 2.2.3, "Yet Another Definition of Existence": a name exists where it or a name
/// below it has records.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4592Section223, GlueMakesNamesExistButNotForAnswers) {
  EXPECT_EQ(Server("sub NS ns.sub\nns.sub A 192.0.2.9\n").says("q.sub.example.com"),
            "NOERROR\nQUESTION q.sub.example.com. A IN\n"
            "AUTHORITY sub.example.com. 300 NS ns.sub.example.com.\n"
            "ADDITIONAL ns.sub.example.com. 300 A 192.0.2.9\n");
}

}  // namespace
}  // namespace rollcall::rfc
