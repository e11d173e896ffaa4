/// RFC 4343 section 4.1, "DNS Output Case Preservation": names keep the case that they came with:
/// the question's and the zone's.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4343Section41, TheQuestionKeepsItsCase) {
  EXPECT_EQ(Server("www MX 1 MaIl.Net.\n").says("wWw.eXample.cOm", Type::MX),
            "NOERROR AA\nQUESTION wWw.eXample.cOm. MX IN\n"
            "ANSWER wWw.eXample.cOm. 300 MX 1 MaIl.Net.\n");
}

}  // namespace
}  // namespace rollcall::rfc
