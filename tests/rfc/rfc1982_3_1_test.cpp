/// RFC 1982 section 3.1, "Addition": the serial after 4294967295 is 0.
#include "rfc/conversation.hpp"
#include "roster/serial.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1982Section31, ASerialThatIsAdvancedWraps) {
  roster::ServedSerial serial;
  serial.load(0xffffffff);
  serial.advance();
  EXPECT_EQ(serial.current(), 0U);
  serial.advance();
  EXPECT_EQ(serial.current(), 1U);
}

}  // namespace
}  // namespace rollcall::rfc
