#include "health/combine.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace rollcall::health {
namespace {

struct Combination {
  std::string_view checks;  // a letter each: u up, d down, - unknown
  std::size_t needed;
  State state;
};

StateCount count(std::string_view checks) {
  StateCount counted;
  for (const char c : checks) {
    counted.add(c == 'u' ? State::up : c == 'd' ? State::down : State::unknown);
  }
  return counted;
}

TEST(Combine, Table) {
  using enum State;
  const Combination rows[] = {
      // all
      {"u", 0, up},
      {"d", 0, down},
      {"-", 0, unknown},
      {"uu", 0, up},
      {"ud", 0, down},
      {"u-", 0, unknown},
      {"d-", 0, down},
      {"", 0, up},
      // any
      {"ud", 1, up},
      {"dd", 1, down},
      {"u-", 1, up},
      {"d-", 1, unknown},
      // a number
      {"uud", 2, up},
      {"udd", 2, down},
      {"u-d", 2, unknown},
      {"d-d", 2, down},
      {"uu-", 2, up},
      {"---", 2, unknown},
      // more than there are: all
      {"uu", 9, up},
      {"ud", 9, down},
  };
  for (const Combination& row : rows) {
    EXPECT_EQ(combine(count(row.checks), row.needed), row.state) << row.checks << row.needed;
  }
}

}  // namespace
}  // namespace rollcall::health
