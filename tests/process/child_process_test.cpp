#include "process/child_process.hpp"

#include <sys/resource.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>

#include "io/descriptor.hpp"
#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::process {
namespace {

using namespace std::chrono_literals;

class ChildProcess : public testing::Test {
 protected:
  ChildRun run(std::vector<std::string> argv, Duration limit = 20s) {
    return run_on(io, run_child(std::move(argv), {.time = limit}));
  }
  ChildResult sh(const std::string& text, Duration limit = 20s) {
    return run({"/bin/sh", "-c", text}, limit).value();
  }

  asio::io_context io;
  TemporaryFolder dir;
};

bool is_alive(const std::string& pid_file) {
  const pid_t pid = std::stoi(read_all(pid_file));
  // A killed orphan may wait for its reaper: state Z is dead.
  const std::string status = read_all("/proc/" + std::to_string(pid) + "/stat");
  return kill(pid, 0) == 0 && status.find(") Z ") == std::string::npos;
}

TEST_F(ChildProcess, TellsTheExitStatus) {
  EXPECT_EQ(sh("exit 0").exit_status, 0);
  EXPECT_TRUE(sh("exit 0").succeeded());
  const ChildResult result = sh("exit 3");
  EXPECT_EQ(result.exit_status, 3);
  EXPECT_EQ(result.signal, 0);
  EXPECT_FALSE(result.timed_out);
  EXPECT_FALSE(result.succeeded());
}

TEST_F(ChildProcess, TellsTheSignal) {
  const ChildResult result = sh("kill -USR1 $$");
  EXPECT_EQ(result.exit_status, std::nullopt);
  EXPECT_EQ(result.signal, SIGUSR1);
  EXPECT_EQ(result.shell_status(), 128 + SIGUSR1);
}

TEST_F(ChildProcess, MergesOutputAndError) {
  EXPECT_EQ(sh("echo one; echo two >&2; echo three").output, "one\ntwo\nthree\n");
}

TEST_F(ChildProcess, KeepsTheTailOfTheOutput) {
  const ChildResult result = sh("i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done");
  EXPECT_EQ(result.output.size(), kOutputTailLimit);
  EXPECT_TRUE(result.output.ends_with("line 2998\nline 2999\n"));
  EXPECT_EQ(result.head.size(), kOutputHeadLimit);
  EXPECT_TRUE(result.head.starts_with("line 0\nline 1\n")) << "and its beginning";
  EXPECT_EQ(result.exit_status, 0);
}

TEST_F(ChildProcess, SaysWhyItCannotRun) {
  const auto missing = run({dir.path("missing")});
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message(),
            "cannot run " + dir.path("missing") + ": No such file or directory");
  const auto forbidden = run({dir.write("data", "#!/bin/sh\n", 0644)});
  ASSERT_FALSE(forbidden);
  EXPECT_NE(forbidden.error().message().find("Permission denied"), std::string::npos);
  EXPECT_FALSE(run({}));
}

TEST_F(ChildProcess, PassesArgumentsWithoutAShell) {
  const auto result = run({"/bin/echo", "$HOME; touch " + dir.path("x"), "*"});
  ASSERT_TRUE(result);
  EXPECT_EQ(result->output, "$HOME; touch " + dir.path("x") + " *\n");
  EXPECT_FALSE(std::filesystem::exists(dir.path("x")));
}

TEST_F(ChildProcess, IsCleanInside) {
  setenv("ROLLCALL_SECRET", "yes", 1);
  const int leaked = open("/dev/zero", O_RDONLY);  // without O_CLOEXEC, on purpose
  const ChildResult result =
      sh("env; ls /proc/self/fd; pwd; cat; read pid name state parent group session rest"
         " < /proc/$$/stat; [ $pid = $group ] && [ $pid = $session ] && echo leads");
  close(leaked);
  unsetenv("ROLLCALL_SECRET");
  EXPECT_EQ(result.output.find("ROLLCALL_SECRET"), std::string::npos);
  EXPECT_NE(result.output.find("LANG=C\n"), std::string::npos);
  // ls has 3 open for the folder that it lists, and nothing from us above 2.
  EXPECT_NE(result.output.find("\n0\n1\n2\n3\n/\nleads\n"), std::string::npos) << result.output;
}

TEST_F(ChildProcess, HasDefaultSignals) {
  struct sigaction ignore{};
  struct sigaction before{};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGUSR2, &ignore, &before);
  const ChildResult result = sh("kill -USR2 $$; echo survived");
  sigaction(SIGUSR2, &before, nullptr);
  EXPECT_EQ(result.signal, SIGUSR2);
}

TEST_F(ChildProcess, EndsAtTheTimeLimit) {
  const ChildResult result = sh("echo begun; exec sleep 100", 100ms);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGTERM);
  EXPECT_EQ(result.output, "begun\n");
  EXPECT_FALSE(result.succeeded());
}

TEST_F(ChildProcess, KillsTheWholeGroupThatIgnoresSigterm) {
  const ChildResult result =
      sh("trap '' TERM; sh -c 'echo $$ > " + dir.path("inner") +
             "; sleep 100; sleep 100' & echo $$ > " + dir.path("outer") + "; wait; sleep 100",
         200ms);
  EXPECT_TRUE(result.timed_out);
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_GE(result.duration, kKillGrace);
  EXPECT_TRUE(eventually([&] { return !is_alive(dir.path("inner")); }));
  EXPECT_FALSE(is_alive(dir.path("outer")));
}

TEST_F(ChildProcess, DoesNotWaitForADaemonThatHoldsTheOutput) {
  const std::string pid_file = dir.path("daemon");
  const ChildResult result = sh("echo started; sh -c 'echo $$ > " + pid_file +
                                    "; exec sleep 100' & "
                                    "while [ ! -s " +
                                    pid_file + " ]; do sleep 0.01; done; exit 0",
                                20s);
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_FALSE(result.timed_out);
  EXPECT_EQ(result.output, "started\n");
  ASSERT_TRUE(is_alive(pid_file));  // a success leaves the daemon alone
  kill(std::stoi(read_all(pid_file)), SIGKILL);
}

TEST_F(ChildProcess, DoesNotWaitForADaemonThatNeverStopsWriting) {
  const std::string pid_file = dir.path("daemon");
  const ChildResult result = sh("sh -c 'echo $$ > " + pid_file +
                                "; exec yes' & "
                                "while [ ! -s " +
                                pid_file + " ]; do sleep 0.01; done; exit 7");
  EXPECT_EQ(result.exit_status, 7);
  EXPECT_LE(result.output.size(), kOutputTailLimit);
  EXPECT_TRUE(eventually([&] { return !is_alive(pid_file); }));  // EPIPE ends yes
}

TEST_F(ChildProcess, IsKilledWhenCancelled) {
  asio::cancellation_signal cancel;
  bool ended = false;
  asio::co_spawn(
      io,
      run_child({"/bin/sh", "-c", "echo $$ > " + dir.path("pid") + "; sleep 100"}, {.time = 20s}),
      asio::bind_cancellation_slot(cancel.slot(),
                                   [&](const std::exception_ptr&, ChildRun) { ended = true; }));
  ASSERT_TRUE(eventually([&] {
    io.poll();
    return std::filesystem::exists(dir.path("pid")) && !read_all(dir.path("pid")).empty();
  }));
  ASSERT_FALSE(ended);
  cancel.emit(asio::cancellation_type::terminal);
  ASSERT_TRUE(eventually([&] {
    io.restart();
    io.poll();
    return ended;
  }));
  EXPECT_TRUE(eventually([&] { return !is_alive(dir.path("pid")); }));
}

TEST_F(ChildProcess, IsKilledWhenItsContextEnds) {
  {
    asio::io_context ending;
    asio::co_spawn(
        ending,
        run_child({"/bin/sh", "-c", "echo $$ > " + dir.path("pid") + "; sleep 100"}, {.time = 20s}),
        asio::detached);
    ASSERT_TRUE(eventually([&] {
      ending.poll();
      return std::filesystem::exists(dir.path("pid")) && !read_all(dir.path("pid")).empty();
    }));
  }
  EXPECT_TRUE(eventually([&] { return !is_alive(dir.path("pid")); }));
}

/// Writes its own number into the file, in a session of its own, as an orphan.
std::string orphan(const std::string& pid_file) {
  return "(setsid sh -c 'echo $$ > " + pid_file +
         "; exec sleep 100' > /dev/null 2>&1 &) ; "
         "while [ ! -s " +
         pid_file + " ]; do sleep 0.01; done; ";
}

TEST_F(ChildProcess, OfACheckNoDescendantIsLeft) {
  for (const std::string end : {"exit 0", "exit 2", "sleep 100"}) {
    const std::string pid_file = dir.path("orphan");
    std::filesystem::remove(pid_file);
    const auto result = run_on(io, run_child({"/bin/sh", "-c", orphan(pid_file) + end},
                                             {.time = 2s, .descendants = Descendants::killed}));
    ASSERT_TRUE(result) << end;
    EXPECT_EQ(result->timed_out, end == "sleep 100");
    EXPECT_TRUE(eventually([&] { return !is_alive(pid_file); })) << end;
  }
}

TEST_F(ChildProcess, OfAScriptInTimeTheServiceIsLeft) {
  const std::string pid_file = dir.path("service");
  EXPECT_EQ(sh(orphan(pid_file) + "exit 0").exit_status, 0);
  EXPECT_TRUE(is_alive(pid_file));
  kill(std::stoi(read_all(pid_file)), SIGKILL);
}

TEST_F(ChildProcess, OfAScriptOverItsTimeNothingIsLeft) {
  const std::string pid_file = dir.path("service");
  EXPECT_TRUE(sh(orphan(pid_file) + "sleep 100", 1s).timed_out);
  EXPECT_TRUE(eventually([&] { return !is_alive(pid_file); }));
}

TEST_F(ChildProcess, HasTheLimitThatWeWereStartedWith) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  rlimit other = before;
  other.rlim_cur = before.rlim_cur / 2;
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &other), 0);
  const ChildResult result = sh("ulimit -Sn");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(result.output, std::to_string(io::starting_descriptor_limit()) + "\n");
}

TEST_F(ChildProcess, IsKilledWhenItWritesMoreThanItMay) {
  const auto result =
      run_on(io, run_child({"/bin/sh", "-c", "exec yes"},
                           {.time = 60s, .descendants = Descendants::killed, .output = 100'000}));
  ASSERT_TRUE(result);
  EXPECT_TRUE(result->said_too_much);
  EXPECT_FALSE(result->timed_out);
  EXPECT_EQ(result->signal, SIGKILL);
}

TEST(OutputTail, KeepsTheLastOctets) {
  std::string tail;
  append_tail(tail, "abc");
  EXPECT_EQ(tail, "abc");
  append_tail(tail, std::string(kOutputTailLimit, 'x') + "y");
  EXPECT_EQ(tail, std::string(kOutputTailLimit - 1, 'x') + "y");
}

}  // namespace
}  // namespace rollcall::process
