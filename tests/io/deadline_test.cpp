#include "io/deadline.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect_pipe.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/readable_pipe.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/writable_pipe.hpp>

#include "real_process.hpp"

namespace rollcall::io {
namespace {

using namespace std::chrono_literals;

using Ended = std::variant<int, std::string>;

class DeadlineTest : public testing::Test {
 protected:
  Ended run(Duration limit, std::function<asio::awaitable<int>(Deadline&)> work) {
    Deadline deadline(io_.get_executor(), limit);
    return run_on(io_, before(deadline, work(deadline)));
  }

  asio::io_context io_;
};

TEST_F(DeadlineTest, LetsWorkEndBefore) {
  EXPECT_EQ(run(30s, [](Deadline&) -> asio::awaitable<int> { co_return 7; }), Ended(7));
}

TEST_F(DeadlineTest, EndsWhatIsAlwaysReady) {
  const auto busy = [](Deadline& deadline) -> asio::awaitable<int> {
    deadline.waits_for("reply");
    const Deadline::Pending pending(deadline, [] { return std::string("got \"x\""); });
    while (true) co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  };
  EXPECT_EQ(run(50ms, busy), Ended("reply: timed out after 50ms; got \"x\""));
}

TEST_F(DeadlineTest, ClosesWhatIsReadLast) {
  asio::readable_pipe first(io_), second(io_);
  asio::writable_pipe to_first(io_), to_second(io_);
  asio::connect_pipe(first, to_first);
  asio::connect_pipe(second, to_second);
  const auto work = [&](Deadline& deadline) -> asio::awaitable<int> {
    const Deadline::Closes outer(deadline, [&] { first.close(); });
    {
      const Deadline::Closes over(deadline, [&] { ADD_FAILURE() << "this is over"; });
    }
    const Deadline::Closes inner(deadline, [&] { second.close(); });
    char octet = 0;
    co_await second.async_read_some(asio::buffer(&octet, 1), as_value);
    co_return 1;
  };
  EXPECT_EQ(run(50ms, work), Ended("timed out after 50ms"));
  EXPECT_FALSE(second.is_open());
  EXPECT_TRUE(first.is_open());
}

}  // namespace
}  // namespace rollcall::io
