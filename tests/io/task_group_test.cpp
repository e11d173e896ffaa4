#include "io/task_group.hpp"

#include <boost/asio/steady_timer.hpp>

#include "real_process.hpp"

namespace rollcall::io {
namespace {

using namespace std::chrono_literals;

asio::awaitable<void> wait_for_ever(asio::io_context& io, int& ended) {
  asio::steady_timer timer(io, 24h);
  co_await timer.async_wait(as_value);
  ++ended;
}

asio::awaitable<void> end_at_once(int& ended) {
  ++ended;
  co_return;
}

asio::awaitable<void> fail_at_once() {
  throw std::runtime_error("a task of the test fails");
  co_return;
}

TEST(TaskGroup, IsJoinedWhenAllHaveEnded) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  int ended = 0;
  group.start(end_at_once(ended));
  group.start(end_at_once(ended));
  group.start(fail_at_once());  // its failure is logged, and ends it alone
  EXPECT_EQ(group.size(), 3U);
  EXPECT_TRUE(run_on(io, group.join(20s)));
  EXPECT_EQ(ended, 2);
  EXPECT_EQ(group.size(), 0U);
}

TEST(TaskGroup, JoinGivesUpAtItsLimit) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  int ended = 0;
  group.start(wait_for_ever(io, ended));
  EXPECT_FALSE(run_on(io, group.join(10ms)));
  EXPECT_EQ(group.size(), 1U);
  group.cancel();
  EXPECT_TRUE(run_on(io, group.join(20s)));
  EXPECT_EQ(ended, 1);
}

TEST(TaskGroup, CancelsFromOutsideWhatEndsMeanwhile) {
  asio::io_context io;
  TaskGroup group(io.get_executor());
  int ended = 0;
  group.start(end_at_once(ended));
  group.start(wait_for_ever(io, ended));
  io.run_one();
  group.cancel();  // is posted, behind the end of the first
  group.cancel();
  EXPECT_TRUE(run_on(io, group.join(20s)));
  EXPECT_EQ(group.size(), 0U);
}

/// Whichever handlers have run by then: the last ones are the task's end and the end of its place.
TEST(TaskGroup, CancelsFromOutsideAtEachStepOfAnEnd) {
  for (int steps = 0; steps < 8; ++steps) {
    asio::io_context io;
    TaskGroup group(io.get_executor());
    int ended = 0;
    group.start(end_at_once(ended));
    for (int step = 0; step < steps; ++step) io.poll_one();
    group.cancel();
    EXPECT_TRUE(run_on(io, group.join(20s)));
    EXPECT_EQ(group.size(), 0U);
  }
}

TEST(TaskGroup, MayGoBeforeItsTasks) {
  asio::io_context io;
  int ended = 0;
  {
    TaskGroup group(io.get_executor());
    group.start(wait_for_ever(io, ended));
    io.poll();
  }
  io.restart();
  io.run();
  EXPECT_EQ(ended, 1);
}

}  // namespace
}  // namespace rollcall::io
