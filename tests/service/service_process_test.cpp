#include "service/service_process.hpp"

#include <poll.h>

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::service {
namespace {

// What a running systemd says is known as text alone: tests run where there is none.
TEST(MainPid, IsANumber) {
  EXPECT_EQ(read_main_pid("4711\n"), 4711);
  EXPECT_EQ(read_main_pid("1"), 1);
  EXPECT_EQ(read_main_pid("0\n").error().message, "no main process is running");
  for (const char* text : {"", "\n", "-1\n", "+1", "12 13\n", "1x", "4194305", "99999999999",
                           "MainPID=12\n", "Unknown unit\n"}) {
    const auto pid = read_main_pid(text);
    ASSERT_FALSE(pid) << text;
    EXPECT_TRUE(pid.error().message.starts_with("systemctl names no main process: \"")) << text;
  }
}

TEST(PidFile, HasItOnItsFirstLine) {
  for (const char* text : {"4711", "4711\n", "  4711  \n", "4711\r\n", "4711\n5432\n/run/x\n"}) {
    EXPECT_EQ(read_pid_file_text(text), 4711) << text;
  }
  for (const char* text : {"", "\n4711\n", "0\n", "-4711", "47 11", "4711 named", "0x10", "named",
                           "4194305", "99999999999"}) {
    const auto pid = read_pid_file_text(text);
    ASSERT_FALSE(pid) << text;
    EXPECT_TRUE(pid.error().message.starts_with("its first line is not the number")) << text;
  }
}

class OpenProcess : public testing::Test {
 protected:
  Result<ServiceProcess> open(RestartRecipe recipe) {
    return run_on(io, open_service_process(std::move(recipe), *readers));
  }
  Result<ServiceProcess> open_pid_file(const std::string& text) {
    return open({.unit = "", .script = "/x", .pid_file = dir.write("pid", text, 0644)});
  }
  static bool ended(const ServiceProcess& process) {
    pollfd end{process.end.get(), POLLIN, 0};
    return ::poll(&end, 1, 0) > 0;
  }

  asio::io_context io;
  std::unique_ptr<files::FileReaders> readers = files::FileReaders::start().value();
  TemporaryFolder dir;
  RealProcess sleeper{{"/bin/sleep", "3600"}, dir.path("output")};
};

TEST_F(OpenProcess, TellsItsEnd) {
  const auto process = open_pid_file(std::to_string(sleeper.pid()) + "\n");
  ASSERT_TRUE(process) << process.error().message;
  EXPECT_EQ(process->pid, sleeper.pid());
  EXPECT_FALSE(ended(*process));
  sleeper.signal(SIGKILL);
  EXPECT_TRUE(eventually([&] { return ended(*process); }));
}

TEST_F(OpenProcess, SaysWhyThereIsNone) {
  const auto message = [](const Result<ServiceProcess>& process) {
    return process ? "there is one" : process.error().message;
  };
  EXPECT_EQ(message(open({.unit = "", .script = "/x"})), "no pid_file: its process is unknown");
  EXPECT_EQ(message(open({.unit = "", .script = "/x", .pid_file = dir.path("none")})),
            dir.path("none") + ": No such file or directory");
  EXPECT_EQ(message(open_pid_file("x\n")),
            dir.path("pid") + ": its first line is not the number of a process");

  const std::string pid = std::to_string(sleeper.pid());
  sleeper.signal(SIGKILL);
  EXPECT_TRUE(
      eventually([&] { return message(open_pid_file(pid)) == "process " + pid + " has ended"; }));
  std::optional<int> status;
  ASSERT_TRUE(eventually([&] { return sleeper.ended(status); }));
  EXPECT_EQ(message(open_pid_file(pid)), "process " + pid + ": No such process");
}

TEST_F(OpenProcess, OfAUnitIsAskedOfSystemd) {
  const auto process = open({.unit = "rollcall-no-such-unit.service", .script = ""});
  ASSERT_FALSE(process) << "whether systemd runs here or not";
  EXPECT_FALSE(process.error().message.empty());
}

}  // namespace
}  // namespace rollcall::service
