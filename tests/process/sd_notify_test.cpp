#include "process/sd_notify.hpp"

#include <sys/un.h>

#include <cstring>

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::process {
namespace {

/// A socket as systemd binds it; `name` begins with '/' or '@'.
std::string notified(const std::string& name, std::string_view state) {
  const int socket = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  EXPECT_EQ(bind(socket, reinterpret_cast<sockaddr*>(&address), size), 0);
  setenv("NOTIFY_SOCKET", name.c_str(), 1);
  EXPECT_TRUE(sd_notify(state));
  unsetenv("NOTIFY_SOCKET");
  std::array<char, 100> buffer{};
  const ssize_t got = recv(socket, buffer.data(), buffer.size(), 0);
  close(socket);
  return got < 0 ? "nothing" : std::string(buffer.data(), static_cast<std::size_t>(got));
}

TEST(SdNotify, WritesToAPath) {
  const TemporaryFolder dir;
  EXPECT_EQ(notified(dir.path("notify"), "READY=1"), "READY=1");
}

TEST(SdNotify, WritesToAnAbstractName) {
  EXPECT_EQ(notified("@rollcall-test-" + std::to_string(getpid()), "STOPPING=1"), "STOPPING=1");
}

TEST(SdNotify, IsSilentWhereNobodyAsked) {
  unsetenv("NOTIFY_SOCKET");
  EXPECT_FALSE(sd_notify("READY=1"));
  const std::string too_long = "/" + std::string(200, 'a');
  for (const char* name : {"", "@", "relative", "/nowhere/notify", too_long.c_str()}) {
    setenv("NOTIFY_SOCKET", name, 1);
    EXPECT_FALSE(sd_notify("READY=1")) << name;
  }
  unsetenv("NOTIFY_SOCKET");
}

TEST(StartedBySystemd, IsTrueOnlyOfTheProcessThatItNames) {
  unsetenv("SYSTEMD_EXEC_PID");
  EXPECT_FALSE(is_started_by_systemd());
  setenv("SYSTEMD_EXEC_PID", std::to_string(getppid()).c_str(), 1);
  EXPECT_FALSE(is_started_by_systemd()) << "a child of a unit's process is not the unit's process";
  setenv("SYSTEMD_EXEC_PID", std::to_string(getpid()).c_str(), 1);
  EXPECT_EQ(is_started_by_systemd(), access("/run/systemd/system", F_OK) == 0);
  unsetenv("SYSTEMD_EXEC_PID");
}

}  // namespace
}  // namespace rollcall::process
