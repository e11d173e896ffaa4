/// RFC 8005 section 6, "HIP RR Presentation Format": algorithm, tag in hexadecimal digits, key in
/// base64 without blanks, rendezvous servers.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

const std::string kTag = "200100107B1A74DF365639CC39F1D578";
const std::string kKey =
    "AwEAAbdxyhNuSutc5EMzxTs9LBPCIkOFH8cIvM4p9+LrV4e19WzK00+CI6zBCQTdtWsuxKbWIy87UOoJTwkUs7lBu+"
    "Upr1gsNrut79ryra+"
    "bSRGQb1slImA8YVJyuIDsj7kwzG7jnERNqnWxZ48AWkskmdHaVDP4BcelrTI3rMXdXF5D";

TEST(Rfc8005Section6, TheExamples) {
  for (const std::string& servers : {std::string(), std::string(" rvs.example.com."),
                                     std::string(" rvs1.example.com. rvs2.example.com.")}) {
    const std::string text = "HIP 2 " + kTag + " " + kKey + servers;
    EXPECT_EQ(shown(text), text);
  }
}

TEST(Rfc8005Section6, OnTheWireTheLengthsComeFirst) {
  EXPECT_EQ(wire("HIP 2 0102 AwEAAQ== rvs."), hex("02 02 0004 0102 03010001 03727673 00"));
}

}  // namespace
}  // namespace rollcall::rfc
