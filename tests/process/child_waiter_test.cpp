#include "process/child_waiter.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <thread>

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::process {
namespace {

using namespace std::chrono_literals;

constexpr ChildLimits kLimits{.time = 20s, .descendants = Descendants::killed};

TEST(ChildWaiter, RunsOneProgramAfterTheOther) {
  ChildWaiter waiter;
  for (int i = 0; i < 3; ++i) {
    const ChildRun ended = waiter.run({"/bin/cat"}, kLimits, "input " + std::to_string(i));
    ASSERT_TRUE(ended) << ended.error().message();
    EXPECT_TRUE(ended->succeeded());
    EXPECT_EQ(ended->output, "input " + std::to_string(i));
  }
}

/// A program that does not read its input keeps nobody waiting, whatever the size.
TEST(ChildWaiter, TheInputMayBeLargeAndStayUnread) {
  ChildWaiter waiter;
  const std::string input(4UL << 20, 'x');
  EXPECT_TRUE(waiter.run({"/bin/true"}, kLimits, input)->succeeded());
  EXPECT_EQ(waiter.run({"/usr/bin/wc", "-c"}, kLimits, input)->output, "4194304\n");
}

TEST(ChildWaiter, WithoutAnInputThereIsAnEmptyOne) {
  ChildWaiter waiter;
  EXPECT_EQ(waiter.run({"/bin/cat"}, kLimits, "")->output, "");
}

TEST(ChildWaiter, TellsWhyAProgramDoesNotStart) {
  ChildWaiter waiter;
  const ChildRun ended = waiter.run({"/nowhere/program"}, kLimits, "x");
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error().message(), "cannot run /nowhere/program: No such file or directory");
}

TEST(ChildWaiter, EndKillsTheProgramAndEveryLaterOne) {
  const TemporaryFolder dir;
  const std::string pid_file = dir.path("pid");
  ChildWaiter waiter;
  std::thread ending([&] {
    EXPECT_TRUE(eventually([&] { return read_all(pid_file).ends_with('\n'); }));
    waiter.end();
  });
  const ChildRun ended =
      waiter.run({"/bin/sh", "-c", "echo $$ >\"$0\"; sleep 1000", pid_file}, {.time = 1h}, "");
  ending.join();
  EXPECT_FALSE(ended);
  const pid_t pid = std::stoi(read_all(pid_file));
  EXPECT_TRUE(eventually([&] { return kill(pid, 0) != 0; }));
  EXPECT_FALSE(waiter.run({"/bin/true"}, kLimits, ""));
}

}  // namespace
}  // namespace rollcall::process
