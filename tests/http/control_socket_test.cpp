#include "http/control_socket.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <filesystem>
#include <fstream>
#include <thread>

#include "temporary_folder.hpp"

namespace rollcall::http {
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
                         [](api::Request) -> asio::awaitable<std::string> { co_return "{}"; }};
};

TEST_F(ControlSocketTest, AnswersEachLine) {
  ASSERT_TRUE(control_.listen(path_));
  const std::string status = "{\"command\":\"status\"}\n";
  EXPECT_EQ(ask(status + status), "{}\n{}\n");
}

TEST_F(ControlSocketTest, ALinkInItsPlaceIsNotFollowed) {
  const std::string elsewhere = folder_.path("elsewhere.sock");
  {
    asio::io_context context;
    local::acceptor other(context, local::endpoint(elsewhere));
  }  // nobody listens there any more, and it is still there
  std::filesystem::create_symlink(elsewhere, path_);
  const auto listening = control_.listen(path_);
  ASSERT_FALSE(listening);
  EXPECT_NE(listening.error().message.find("the existing file is not a socket"), std::string::npos);
  EXPECT_TRUE(std::filesystem::is_socket(elsewhere));
}

TEST_F(ControlSocketTest, LeavesThePlaceToAServerThatHasTakenIt) {
  ASSERT_TRUE(control_.listen(path_));
  std::filesystem::remove(path_);
  asio::io_context context;
  const local::acceptor other(context, local::endpoint(path_));
  control_.close();
  EXPECT_TRUE(std::filesystem::is_socket(path_));
}

TEST_F(ControlSocketTest, TellsThatALineIsTooLong) {
  ASSERT_TRUE(control_.listen(path_));
  // It says so and closes, though more of the line may come.
  const std::string reply = ask(std::string(3 * api::kMaxRequestSize, 'x'), false);
  EXPECT_NE(reply.find("longer than 4096 octets"), std::string::npos) << reply;
}

TEST_F(ControlSocketTest, TakesTheLongestLine) {
  ASSERT_TRUE(control_.listen(path_));
  std::string line = "{\"command\":\"status\"}";
  line.resize(api::kMaxRequestSize, ' ');
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
  EXPECT_NE(listening.error().message.find("the existing file is not a socket"), std::string::npos);
  EXPECT_EQ(std::filesystem::file_size(path_), 8U);
}

TEST_F(ControlSocketTest, SaysWhyItCannotBeMade) {
  const auto error_at = [this](const std::string& path) {
    const Result<void> listening = control_.listen(path);
    return listening ? "" : listening.error().message;
  };
  const std::string head = "cannot create the control socket ";
  const std::string longest(200, 'x');
  EXPECT_EQ(error_at("/" + longest), head + "/" + longest + ": the path is too long");
  std::ofstream(folder_.path("file")) << "";
  const std::string within = folder_.path("file/control.sock");
  EXPECT_EQ(error_at(within), head + within + ": cannot open the folder " + folder_.path("file") +
                                  ": Not a directory");
  asio::io_context context;
  const local::acceptor other(context, local::endpoint(path_));
  EXPECT_EQ(error_at(path_), head + path_ + ": a server is already listening there");
}

TEST_F(ControlSocketTest, TheLongestSilentMakesRoom) {
  ASSERT_TRUE(control_.listen(path_));
  std::vector<local::socket> idle;
  for (std::size_t i = 0; i < kMaxControlSessions; ++i) {
    idle.emplace_back(context_).connect(local::endpoint(path_));
  }
  EXPECT_EQ(ask("{\"command\":\"status\"}\n"), "{}\n");
  char octet = 0;
  ErrorCode ended;
  idle.front().receive(asio::buffer(&octet, 1), 0, ended);
  EXPECT_EQ(ended, asio::error::eof);
  idle.back().non_blocking(true);
  idle.back().receive(asio::buffer(&octet, 1), 0, ended);
  EXPECT_EQ(ended, asio::error::would_block);  // it is still there
}

TEST_F(ControlSocketTest, ARequestUnderWayMakesNoRoom) {
  const std::string path = folder_.path("busy.sock");
  asio::steady_timer done(context_, asio::steady_timer::time_point::max());
  std::size_t begun = 0;
  ControlSocket busy(context_.get_executor(), [&](api::Request) -> asio::awaitable<std::string> {
    ++begun;
    co_await done.async_wait(as_value);
    co_return "{}";
  });
  ASSERT_TRUE(busy.listen(path));
  std::vector<local::socket> clients;
  for (std::size_t i = 0; i < kMaxControlSessions; ++i) {
    clients.emplace_back(context_).connect(local::endpoint(path));
    asio::write(clients.back(), asio::buffer("{\"command\":\"status\"}\n", 21));
  }
  while (begun < kMaxControlSessions) context_.run_one();
  local::socket last(context_);
  last.connect(local::endpoint(path));
  context_.poll();
  std::string reply;
  ErrorCode error;
  asio::read(last, asio::dynamic_buffer(reply), error);
  EXPECT_NE(reply.find("32 requests are under way"), std::string::npos) << reply;
  done.cancel();
  context_.restart();
  context_.poll();
  char octets[3];
  for (local::socket& client : clients) EXPECT_EQ(asio::read(client, asio::buffer(octets)), 3U);
}

TEST_F(ControlSocketTest, RepliesThatAreNotReadAreBoundedTogether) {
  const std::string path = folder_.path("large.sock");
  const std::string large(3'000'000, 'x');
  ControlSocket control(context_.get_executor(),
                        [&](api::Request) -> asio::awaitable<std::string> { co_return large; });
  ASSERT_TRUE(control.listen(path));
  std::vector<local::socket> deaf;
  for (int i = 0; i < 10; ++i) {
    deaf.emplace_back(context_).connect(local::endpoint(path));
    asio::write(deaf.back(), asio::buffer("{\"command\":\"status\"}\n", 21));
    context_.restart();
    context_.poll();
  }
  // The oldest were given up: what had gone into the socket is all that there is.
  std::string reply;
  ErrorCode error;
  asio::read(deaf.front(), asio::dynamic_buffer(reply), error);
  EXPECT_EQ(error, asio::error::eof);
  EXPECT_LT(reply.size(), large.size());
  // The last one gets all of its reply.
  std::size_t size = 0;
  std::thread reader([&] {
    std::string last;
    ErrorCode ended;
    asio::read(deaf.back(), asio::dynamic_buffer(last), asio::transfer_exactly(large.size() + 1),
               ended);
    size = last.size();
    asio::post(context_, [this] { context_.stop(); });
  });
  context_.restart();
  context_.run();
  reader.join();
  EXPECT_EQ(size, large.size() + 1);
}

}  // namespace
}  // namespace rollcall::http
