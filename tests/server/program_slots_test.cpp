#include "server/program_slots.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <optional>
#include <vector>

#include "server/task_group.hpp"

namespace rollcall::server {
namespace {

/// Takes a slot, stays until let go, and notes what happened.
struct Worker {
  std::vector<int>* order;
  ProgramSlots* slots;

  asio::awaitable<void> run(int number, int turns) {
    if (const ErrorCode error = co_await slots->take()) co_return;
    const ProgramSlots::Slot slot(*slots);
    order->push_back(number);
    for (int i = 0; i < turns; ++i) {
      co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    }
    order->push_back(-number);
  }
};

TEST(ProgramSlots, OneAfterTheOther) {
  asio::io_context context;
  ProgramSlots slots(context.get_executor(), 1);
  std::vector<int> order;
  Worker worker{&order, &slots};
  TaskGroup tasks(context.get_executor());
  for (const int number : {1, 2, 3}) tasks.start(worker.run(number, 5));
  context.run();
  EXPECT_EQ(order, (std::vector<int>{1, -1, 2, -2, 3, -3}));
}

TEST(ProgramSlots, NoMoreThanTheLimitAtOnce) {
  asio::io_context context;
  ProgramSlots slots(context.get_executor(), 2);
  std::vector<int> order;
  Worker worker{&order, &slots};
  TaskGroup tasks(context.get_executor());
  for (int number = 1; number <= 9; ++number) tasks.start(worker.run(number, number));
  context.run();
  int inside = 0;
  int most = 0;
  for (const int event : order) {
    inside += event > 0 ? 1 : -1;
    most = std::max(most, inside);
  }
  EXPECT_EQ(order.size(), 18U);
  EXPECT_EQ(most, 2);
}

TEST(ProgramSlots, ATaskThatIsCancelledLeavesTheQueue) {
  asio::io_context context;
  ProgramSlots slots(context.get_executor(), 1);
  std::vector<int> order;
  Worker worker{&order, &slots};
  std::optional<TaskGroup> first(context.get_executor());
  TaskGroup second(context.get_executor());
  first->start(worker.run(1, 1'000'000));
  first->start(worker.run(2, 0));
  second.start(worker.run(3, 0));
  for (int i = 0; i < 20; ++i) context.run_one();
  EXPECT_EQ(order, std::vector<int>{1});
  first->cancel();
  context.run();
  EXPECT_EQ(order, (std::vector<int>{1, 3, -3}));
}

}  // namespace
}  // namespace rollcall::server
