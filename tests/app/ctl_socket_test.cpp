#include "app/ctl_socket.hpp"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <thread>

#include "temporary_folder.hpp"

namespace rollcall::app {
namespace {

/// Answers one connection: reads a line, writes `reply`, closes.
class OneAnswer {
 public:
  explicit OneAnswer(const std::string& reply) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path().c_str(), sizeof address.sun_path - 1);
    listener_ = socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(listen(listener_, 1), 0);
    thread_ = std::thread([this, reply] { answer(reply); });
  }
  ~OneAnswer() {
    thread_.join();
    close(listener_);
  }
  std::string path() const { return folder_.path("s"); }

 private:
  void answer(const std::string& reply) {
    const int fd = accept(listener_, nullptr, nullptr);
    char octet = 0;
    while (recv(fd, &octet, 1, 0) == 1 && octet != '\n') {
    }
    for (const char c : reply) send(fd, &c, 1, MSG_NOSIGNAL);  // in many parts
    close(fd);
  }

  TemporaryFolder folder_;
  int listener_ = -1;
  std::thread thread_;
};

TEST(CtlSocket, ReturnsTheLine) {
  const OneAnswer server("{\"ok\":true}\n");
  EXPECT_EQ(ask(server.path(), "{}").value(), "{\"ok\":true}");
}

TEST(CtlSocket, AnAnswerWithoutAnEndIsNone) {
  const OneAnswer server("{\"ok\"");
  EXPECT_EQ(ask(server.path(), "{}").error().message,
            "rollcalld closed the connection without a reply");
}

TEST(CtlSocket, SaysThatNobodyListens) {
  EXPECT_EQ(ask("/nonexistent/s", "{}").error().message,
            "no reply from rollcalld on /nonexistent/s: No such file or directory; is it "
            "running? (-c and -s choose another socket)");
  const std::string path(200, 'x');
  EXPECT_NE(ask(path, "{}").error().message.find("File name too long"), std::string::npos);
}

}  // namespace
}  // namespace rollcall::app
