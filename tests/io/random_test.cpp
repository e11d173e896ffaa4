#include "io/random.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

namespace rollcall::io {
namespace {

/// The octet 7, one at a time, and every other call is interrupted.
ssize_t octet_by_octet(void* into, std::size_t, unsigned) {
  static bool interrupted = false;
  if (interrupted = !interrupted; interrupted) {
    errno = EINTR;
    return -1;
  }
  *static_cast<std::uint8_t*>(into) = 7;
  return 1;
}

/// Half of what is asked for, then an error.
ssize_t half(void* into, std::size_t size, unsigned) {
  static bool given = false;
  if (given = !given; !given) {
    errno = EAGAIN;
    return -1;
  }
  std::fill_n(static_cast<std::uint8_t*>(into), size / 2, 7);
  return static_cast<ssize_t>(size / 2);
}

ssize_t nothing(void*, std::size_t, unsigned) {
  return 0;
}

ssize_t not_there(void*, std::size_t, unsigned) {
  errno = ENOSYS;
  return -1;
}

TEST(Random, DiffersFromCallToCall) {
  using Octets = std::array<std::uint8_t, 16>;
  EXPECT_NE(*random_value<Octets>(), *random_value<Octets>());
  EXPECT_NE(need_random<std::uint64_t>(), need_random<std::uint64_t>());
}

TEST(Random, FillsMoreThanOneCallGives) {
  std::vector<std::uint8_t> octets(1000);
  EXPECT_FALSE(fill_with_random(octets, octet_by_octet));
  EXPECT_EQ(std::ranges::count(octets, 7), 1000);
}

TEST(Random, AShortReadBeforeAnErrorIsAnError) {
  EXPECT_EQ(random_value<std::uint64_t>(half).error().value(), EAGAIN);
}

TEST(Random, AnErrorOrNothingIsAnError) {
  EXPECT_EQ(random_value<std::uint16_t>(not_there).error().value(), ENOSYS);
  EXPECT_EQ(random_value<std::uint16_t>(nothing).error().value(), EIO);
}

TEST(Random, TheMessageSaysWhatIsMissing) {
  EXPECT_EQ(no_random(random_value<std::uint16_t>(not_there).error()),
            "the system provides no random numbers: Function not implemented");
}

}  // namespace
}  // namespace rollcall::io
