/// RFC 6895 section 3.1, "RRTYPE IANA Considerations": types 128 to 255 are for questions and meta
/// data, 0 and OPT for signs: no zone has them.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc6895Section31, NoneStandsInAZone) {
  for (const char* type : {"TYPE0", "TYPE41", "TYPE128", "TYPE255"}) {
    EXPECT_THAT(said(std::string("r ") + type + " \\# 0\n"),
                ElementsAre(HasSubstr("is not allowed in a zone")));
  }
  for (const char* type : {"TYPE127", "TYPE256", "TYPE65280"}) {
    EXPECT_THAT(said(std::string("r ") + type + " \\# 1 00\n"),
                testing::Not(testing::Contains(HasSubstr("is not allowed"))));
  }
}

TEST(Rfc6895Section31, OneThatNobodyDefinedHasNoData) {
  EXPECT_EQ(Server("").says("ns.example.com", static_cast<Type>(128)),
            std::string("NOERROR AA\nQUESTION ns.example.com. TYPE128 IN\n").append(kDenial));
}

}  // namespace
}  // namespace rollcall::rfc
