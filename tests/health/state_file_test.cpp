#include "health/state_file.hpp"

#include <gtest/gtest.h>

namespace rollcall::health {
namespace {

constexpr const char* kFile =
    "# states\n"
    "\n"
    "192.0.2.1 up\n"
    "  192.0.2.2\tdown # disk full\r\n"
    "192.0.2.3 = up 50%\n"
    "192.0.2.4 => drain\n"
    "192.0.2.5\n"
    "2001:DB8:0::1 down\n"
    "www.Example.com/192.0.2.1 maint\n"
    "192.0.2.6 up\n"
    "192.0.2.6 down\n"
    "192.0.2.7 sideways";

std::string state(const char* pool, const char* member, bool missing_is_up = true) {
  const Outcome outcome =
      state_of(parse_states(kFile), pool, *IpAddress::parse(member), missing_is_up);
  if (outcome.good) return outcome.percent ? "up " + std::to_string(*outcome.percent) : "up";
  return (outcome.withdrawn ? "away: " : "down: ") + outcome.reason;
}

TEST(StateFile, Table) {
  EXPECT_EQ(state("a.b", "192.0.2.1"), "up");
  EXPECT_EQ(state("www.example.com", "192.0.2.1"), R"(away: the file says "maint")");
  EXPECT_EQ(state("WWW.example.com", "192.0.2.1"), R"(away: the file says "maint")");
  EXPECT_EQ(state("a.b", "192.0.2.2"), R"(down: the file says "down # disk full")");
  EXPECT_EQ(state("a.b", "192.0.2.3"), "up 50");
  EXPECT_EQ(state("a.b", "192.0.2.4"), R"(away: the file says "drain")");
  EXPECT_EQ(state("a.b", "192.0.2.5"), "down: the file names no state");
  EXPECT_EQ(state("a.b", "2001:db8::1"), R"(down: the file says "down")");
  EXPECT_EQ(state("a.b", "192.0.2.6"), R"(down: the file says "down")");
  EXPECT_EQ(state("a.b", "192.0.2.7"), R"(down: the file said "sideways")");
}

TEST(StateFile, APoolsNameWithAndWithoutItsFinalDot) {
  for (const char* written : {"www.A.b", "www.a.b."}) {
    const States states = parse_states(std::string(written) + "/192.0.2.1 down\n");
    for (const char* asked : {"www.a.b", "WWW.a.b."}) {
      EXPECT_FALSE(state_of(states, asked, *IpAddress::parse("192.0.2.1"), true).good)
          << written << " " << asked;
    }
  }
}

TEST(StateFile, TheLineOfAMember) {
  const States states = parse_states("192.0.2.1 up\na.b./192.0.2.1 up\n192.0.2.9 up\n");
  const auto line = [&](const char* pool, const char* member) {
    const auto found = line_of(states, pool, *IpAddress::parse(member));
    return found == states.end() ? std::string("none") : found->first;
  };
  EXPECT_EQ(line("a.b", "192.0.2.1"), "a.b/192.0.2.1");
  EXPECT_EQ(line("c.d", "192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(line("c.d", "192.0.2.2"), "none");
}

TEST(StateFile, AMemberThatIsNotInIt) {
  EXPECT_EQ(state("a.b", "192.0.2.9"), "up");
  EXPECT_EQ(state("a.b", "192.0.2.9", false), "down: the file has no line for 192.0.2.9");
  EXPECT_TRUE(parse_states("").empty());
}

}  // namespace
}  // namespace rollcall::health
