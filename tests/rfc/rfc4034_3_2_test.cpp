/// RFC 4034 section 3.2, "The RRSIG RR Presentation Format": times as YYYYMMDDHHmmSS or as seconds
/// since 1970.
#include "rfc/conversation.hpp"

namespace rollcall::rfc {
namespace {

TEST(Rfc4034Section32, TheTimesOfTheExample) {
  const std::string calendar =
      "RRSIG A 5 3 86400 20030322173103 20030220173103 2642 example.com. oJB1W6WN";
  EXPECT_EQ(wire(calendar), hex("0001 05 03 00015180 3e7c9dd7 3e5510d7 0a52"
                                "07 6578616d706c65 03 636f6d 00 a090755ba58d"));
  EXPECT_EQ(shown(calendar), calendar);
  EXPECT_EQ(shown("RRSIG A 5 3 86400 1048354263 1045762263 2642 example.com. oJB1W6WN"), calendar);
}

TEST(Rfc4034Section32, NoCalendarHasThirteenMonths) {
  EXPECT_THAT(said("r RRSIG A 5 3 60 20031322173103 20030220173103 1 x. AQAB\n"),
              ElementsAre(HasSubstr("expected a time as YYYYMMDDHHmmSS")));
}

}  // namespace
}  // namespace rollcall::rfc
