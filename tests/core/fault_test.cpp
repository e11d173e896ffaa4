#include "core/fault.hpp"

#include <gtest/gtest.h>

#include <boost/system/error_code.hpp>
#include <cerrno>
#include <string>

namespace rollcall {
namespace {

using boost::system::error_category;
using ErrorCode = boost::system::error_code;

/// Errors that are no errno, as Asio's end of file.
const error_category& words() {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"  // its base has none
  class Words final : public error_category {
    const char* name() const noexcept override { return "words"; }
    std::string message(int) const override { return "end of file"; }
  };
#pragma GCC diagnostic pop
  static const Words category;
  return category;
}

struct Row {
  int error;
  Fault begin, later;
};

TEST(Fault, IsWhoseTheErrorIsInThatStep) {
  constexpr Fault own = Fault::own_host, path = Fault::path, member = Fault::member;
  const Row rows[] = {{EADDRNOTAVAIL, own, path},
                      {ENETUNREACH, own, path},
                      {EHOSTUNREACH, own, path},
                      {EAFNOSUPPORT, own, path},
                      {ENETDOWN, own, path},
                      {EACCES, own, path},
                      {EPERM, own, own},
                      {EMFILE, own, own},
                      {ENFILE, own, own},
                      {ENOBUFS, own, own},
                      {ENOMEM, own, own},
                      {EINVAL, own, path},
                      {EPROTO, own, path},
                      {ENOENT, own, path},
                      {EADDRINUSE, own, path},
                      {ENOPROTOOPT, own, path},
                      {EMSGSIZE, own, path},
                      {EOPNOTSUPP, own, path},
                      {ETIMEDOUT, path, path},
                      {ECONNREFUSED, member, member},
                      {ECONNRESET, member, member},
                      {EPIPE, member, member}};
  for (const Row& row : rows) {
    EXPECT_EQ(fault_of(Step::begin, row.error), row.begin) << row.error;
    EXPECT_EQ(fault_of(Step::later, row.error), row.later) << row.error;
  }
}

TEST(Fault, OfWhatIsNoErrnoIsThePaths) {
  EXPECT_EQ(fault_of(Step::begin, ErrorCode(2, words())), Fault::path);
  EXPECT_EQ(fault_of(Step::begin, ErrorCode(EPERM, boost::system::generic_category())),
            Fault::own_host);
}

}  // namespace
}  // namespace rollcall
