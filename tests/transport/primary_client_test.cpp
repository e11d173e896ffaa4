/// With a primary in the test, which speaks as it is told.
#include "transport/primary_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <thread>

#include "dns/message_reader.hpp"

namespace rollcall::transport {
namespace {

using asio::ip::tcp;
using namespace std::chrono_literals;
using PrimaryMessage = std::vector<std::uint8_t>;

const dns::Name kFollowed = *dns::Name::parse("example.com");

/// The answer to a request with that SOA at both ends.
PrimaryMessage zone_answer(const PrimaryMessage& request, unsigned soas) {
  PrimaryMessage answer(request.begin(), request.begin() + static_cast<std::ptrdiff_t>(
                                                               dns::decode_question(request)->end));
  store_u16(answer.data() + 2, dns::flag::kQr | dns::flag::kAa);
  store_u16(answer.data() + dns::header::kAncount, static_cast<std::uint16_t>(soas));
  store_u16(answer.data() + dns::header::kNscount, 0);
  store_u16(answer.data() + dns::header::kArcount, 0);
  for (unsigned i = 0; i < soas; ++i) {
    const std::array<std::uint8_t, 34> soa{0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 60, 0, 22, 0, 0, 0, 0, 0,
                                           7,    0,  0, 0, 2, 0, 0, 0, 3, 0,  0, 0,  4, 0, 0, 0, 5};
    answer.insert(answer.end(), soa.begin(), soa.end());
  }
  return answer;
}

/// A message of a transfer with one address of the zone.
PrimaryMessage address_answer(const PrimaryMessage& request) {
  PrimaryMessage answer = zone_answer(request, 0);
  store_u16(answer.data() + dns::header::kAncount, 1);
  const std::array<std::uint8_t, 16> address{0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1};
  answer.insert(answer.end(), address.begin(), address.end());
  return answer;
}

/// Takes one connection and calls `speak` with it and the request.
class OwnPrimary {
 public:
  using Speak = std::function<void(tcp::socket&, const PrimaryMessage&)>;
  explicit OwnPrimary(Speak speak)
      : acceptor_(context_, {asio::ip::make_address("127.0.0.1"), 0}),
        thread_([this, speak = std::move(speak)] {
          tcp::socket socket(context_);
          ErrorCode error;
          acceptor_.accept(socket, error);
          std::array<std::uint8_t, 2> length{};
          if (!error) asio::read(socket, asio::buffer(length), error);
          PrimaryMessage request(load_u16(length.data()));
          if (!error) asio::read(socket, asio::buffer(request), error);
          if (!error) speak(socket, request);
        }) {}

  Endpoint address() const {
    return {*IpAddress::parse("127.0.0.1"), acceptor_.local_endpoint().port()};
  }
  static void send(tcp::socket& socket, const PrimaryMessage& message) {
    PrimaryMessage octets{static_cast<std::uint8_t>(message.size() >> 8),
                          static_cast<std::uint8_t>(message.size())};
    octets.insert(octets.end(), message.begin(), message.end());
    ErrorCode gone;
    asio::write(socket, asio::buffer(octets), gone);
  }

 private:
  asio::io_context context_;
  tcp::acceptor acceptor_;
  std::jthread thread_;
};

/// What comes of a transfer from it: the text, or the error.
std::string fetch_from(OwnPrimary& primary, PrimaryLimits limits = {}) {
  asio::io_context strand;
  const auto work = asio::make_work_guard(strand);
  PrimaryClient client(strand.get_executor(), {}, 1, limits);
  std::string said = "nothing";
  client.fetch({kFollowed, primary.address(), {}}, std::nullopt, [&](Result<Fetched> fetched) {
    said = fetched ? std::get<transfer::WholeZone>(fetched->content).text : fetched.error().message;
    strand.stop();
  });
  strand.run_for(20s);
  return said;
}

TEST(PrimaryClientTest, TakesAZone) {
  OwnPrimary primary([](tcp::socket& socket, const PrimaryMessage& request) {
    OwnPrimary::send(socket, zone_answer(request, 1));
    OwnPrimary::send(socket, zone_answer(request, 1));
  });
  EXPECT_EQ(fetch_from(primary), "example.com. 60 IN SOA . . 7 2 3 4 5\n");
}

TEST(PrimaryClientTest, TellsThatTheConnectionWasClosed) {
  OwnPrimary primary([](tcp::socket& socket, const PrimaryMessage& request) {
    OwnPrimary::send(socket, zone_answer(request, 1));
  });
  EXPECT_EQ(fetch_from(primary), "the primary closed the connection");
}

TEST(PrimaryClientTest, CutsAPrimaryThatSendsOctetByOctet) {
  OwnPrimary primary([](tcp::socket& socket, const PrimaryMessage&) {
    const std::array<std::uint8_t, 1> octet{255};
    ErrorCode gone;
    while (!gone) {
      asio::write(socket, asio::buffer(octet), gone);
      std::this_thread::sleep_for(20ms);
    }
  });
  EXPECT_EQ(fetch_from(primary, {.message = 300ms}), "answer: timed out");
}

/// A small message each millisecond, until the other end hangs up.
void send_for_ever(tcp::socket& socket, const PrimaryMessage& request) {
  OwnPrimary::send(socket, zone_answer(request, 1));
  const PrimaryMessage more = address_answer(request);
  ErrorCode open;
  for (int i = 0; i < 10'000 && socket.is_open(); ++i) {
    OwnPrimary::send(socket, more);
    std::this_thread::sleep_for(1ms);
    std::array<std::uint8_t, 1> octet{};
    socket.non_blocking(true, open);
    socket.receive(asio::buffer(octet), 0, open);
    if (open != asio::error::would_block) return;
    socket.non_blocking(false, open);
  }
}

TEST(PrimaryClientTest, CutsAPrimaryThatNeverEnds) {
  OwnPrimary primary(send_for_ever);
  EXPECT_EQ(fetch_from(primary, {.message = 10s, .transfer = 300ms}), "answer: timed out");
}

TEST(PrimaryClientTest, CutsAPrimaryThatSendsTooLittle) {
  OwnPrimary primary(send_for_ever);
  EXPECT_EQ(fetch_from(primary, {.span = 100ms, .span_octets = std::uint64_t{1} << 30}),
            "the transfer is too slow: less than 1073741824 octets in 100ms");
}

TEST(PrimaryClientTest, EndsATransferForWhichNoMemoryIsLeft) {
  OwnPrimary primary(send_for_ever);
  EXPECT_EQ(fetch_from(primary, {.memory = {.total = 1000, .per_primary = 1000}}),
            "too little memory is left for this transfer, beside others under way");
}

TEST(PrimaryClientTest, LetsAPrimaryGoOnThatSendsEnough) {
  OwnPrimary primary(send_for_ever);
  EXPECT_EQ(fetch_from(primary, {.transfer = 300ms, .span = 1ms, .span_octets = 1}),
            "answer: timed out");
}

TEST(PrimaryClientTest, TellsThatNothingListens) {
  std::optional<OwnPrimary> primary(std::in_place, [](tcp::socket&, const PrimaryMessage&) {});
  const Endpoint address = primary->address();
  EXPECT_EQ(fetch_from(*primary), "the primary closed the connection");
  primary.reset();
  asio::io_context strand;
  const auto work = asio::make_work_guard(strand);
  PrimaryClient client(strand.get_executor(), {}, 1);
  std::string said;
  client.ask({kFollowed, address, {}}, [&](const Result<transfer::SerialAnswer>& answer) {
    said = answer ? "an answer" : answer.error().message;
    strand.stop();
  });
  strand.run_for(20s);
  EXPECT_EQ(said, "connect: Connection refused");
}

}  // namespace
}  // namespace rollcall::transport
