/// RFC 2136 section 2.3, "Zone Section": exactly one zone, named by its SOA (section 3.1.1).
#include <gmock/gmock.h>

#include "rfc/updating.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc2136Section23, NamesOneZoneByItsSoa) {
  UpdateMessage message;
  const auto request = transfer::read_update(message.octets());
  ASSERT_TRUE(request);
  EXPECT_EQ(request->zone, *dns::Name::parse("example.com"));
  const auto with = [](std::size_t at, std::uint16_t value) {
    UpdateMessage changed;
    store_u16(changed.octets().data() + at, value);
    const auto read = transfer::read_update(changed.octets());
    return read ? dns::Rcode::noerror : read.error();
  };
  const std::size_t behind_name = dns::kHeaderSize + 13;
  EXPECT_EQ(with(dns::header::kQdcount, 0), dns::Rcode::formerr);
  EXPECT_EQ(with(dns::header::kQdcount, 2), dns::Rcode::formerr);
  EXPECT_EQ(with(behind_name, 1), dns::Rcode::formerr) << "A, not SOA";
  EXPECT_EQ(with(behind_name + 2, 3), dns::Rcode::formerr) << "CH, not IN";
  EXPECT_EQ(with(behind_name, 6), dns::Rcode::noerror);
}

}  // namespace
}  // namespace rollcall::rfc
