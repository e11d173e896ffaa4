#include "server/control_socket.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "temporary_folder.hpp"

namespace rollcall::server {
namespace {

using local = asio::local::stream_protocol;

class ControlSocketTest : public testing::Test {
 protected:
  /// What comes back for `request`, until the other side closes.
  std::string ask(const std::string& request, bool end = true) {
    std::string reply;
    std::thread client([&] {
      asio::io_context context;
      local::socket socket(context);
      socket.connect(local::endpoint(path_));
      ErrorCode error;
      asio::write(socket, asio::buffer(request), error);
      if (end) socket.shutdown(local::socket::shutdown_send, error);
      asio::read(socket, asio::dynamic_buffer(reply), error);
      asio::post(context_, [this] { context_.stop(); });
    });
    context_.restart();
    context_.run();
    client.join();
    return reply;
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.path("control.sock");
  asio::io_context context_;
  ControlSocket control_{context_.get_executor(),
                         [](control::Request) -> asio::awaitable<std::string> { co_return "{}"; }};
};

TEST_F(ControlSocketTest, AnswersEachLine) {
  ASSERT_TRUE(control_.listen(path_));
  const std::string status = "{\"command\":\"status\"}\n";
  EXPECT_EQ(ask(status + status), "{}\n{}\n");
}

TEST_F(ControlSocketTest, TellsThatALineIsTooLong) {
  ASSERT_TRUE(control_.listen(path_));
  // It says so and closes, though more of the line may come.
  const std::string reply = ask(std::string(3 * control::kMaxRequestSize, 'x'), false);
  EXPECT_NE(reply.find("longer than 4096 octets"), std::string::npos) << reply;
}

TEST_F(ControlSocketTest, TakesTheLongestLine) {
  ASSERT_TRUE(control_.listen(path_));
  std::string line = "{\"command\":\"status\"}";
  line.resize(control::kMaxRequestSize, ' ');
  EXPECT_EQ(ask(line + "\n"), "{}\n");
}

TEST_F(ControlSocketTest, TakesThePlaceOfADeadSocketAlone) {
  {
    asio::io_context context;
    local::acceptor dead(context, local::endpoint(path_));
  }
  EXPECT_TRUE(control_.listen(path_));
  EXPECT_EQ(ask("{\"command\":\"status\"}\n"), "{}\n");
}

TEST_F(ControlSocketTest, LeavesAPlainFileAlone) {
  std::ofstream(path_) << "precious";
  const Result<void> listening = control_.listen(path_);
  ASSERT_FALSE(listening);
  EXPECT_NE(listening.error().message.find("no socket"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path_), 8U);
}

TEST_F(ControlSocketTest, ClosesTheConnectionsThatAreTooMany) {
  ASSERT_TRUE(control_.listen(path_));
  std::vector<local::socket> idle;
  for (std::size_t i = 0; i < kMaxControlSessions; ++i) {
    idle.emplace_back(context_).connect(local::endpoint(path_));
  }
  EXPECT_EQ(ask("{\"command\":\"status\"}\n"), "");
  idle.clear();
  EXPECT_EQ(ask(""), "");  // their ends are seen while this one waits
  EXPECT_EQ(ask("{\"command\":\"status\"}\n"), "{}\n");
}

}  // namespace
}  // namespace rollcall::server
