/// RFC 1996 section 3.7: a NOTIFY is a request of opcode 4 with AA, the zone and SOA as its
/// question, the new SOA as its answer.
#include "answer/notify.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1996Section37, AWholeNotifyOctetByOctet) {
  Octets out(answer::kMaxNotifySize);
  out.resize(answer::write_notify(Server("").zone(), 8, 0xbeef, out));
  EXPECT_EQ(hex(out), hex("beef 2400 0001 0001 0000 0000"
                          "07 6578616d706c65 03 636f6d 00 0006 0001"
                          "c00c 0006 0001 0000012c 0020 02 6e73 c00c 04 726f6f74 c00c"
                          "00000008 00000e10 00000258 00015180 0000003c"));
}

}  // namespace
}  // namespace rollcall::rfc
