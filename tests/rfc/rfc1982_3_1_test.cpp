/// RFC 1982 section 3.1, "Addition": the serial after 4294967295 is 0.
#include "pool/serial.hpp"
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc1982Section31, ASerialThatIsAdvancedWraps) {
  pool::ServedSerial serial;
  serial.publish(0xffffffff);
  EXPECT_EQ(serial.next(std::nullopt), 0U);
  serial.publish(0);
  EXPECT_EQ(serial.next(std::nullopt), 1U);
}

}  // namespace
}  // namespace rollcall::rfc
