/// RFC 6891 section 6.1.2, "Wire Format": owned by the root; options of a code and a length; "any
/// OPTION-CODE values not understood MUST be ignored".
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

const std::string kHead =
    "1234 0000 0001 0000 0000 0001 026e73 07 6578616d706c65 03636f6d 00 0001 0001";

TEST(Rfc6891Section612, AnotherOwnerThanTheRootIsAFormatError) {
  EXPECT_EQ(Server("").ask(octets(kHead + "0178 00 0029 1000 00000000 0000")).rcode,
            unsigned(Rcode::formerr));
}

TEST(Rfc6891Section612, OptionsThatNobodyKnowsAreIgnored) {
  const Response response =
      Server("").ask(octets(kHead + "00 0029 1000 00000000 000a fde9 0002 abcd fdea 0000"));
  EXPECT_EQ(response.answer.size(), 1U);
  EXPECT_THAT(response.opt.value().options, IsEmpty());
}

TEST(Rfc6891Section612, AnOptionLongerThanItsOptIsAFormatError) {
  EXPECT_EQ(to_text(Server("").ask(octets(kHead + "00 0029 1000 00000000 0006 fde9 0003 abcd"))),
            "FORMERR EDNS\nQUESTION ns.example.com. A IN\n");
}

}  // namespace
}  // namespace rollcall::rfc
