/// A worker at its socket, and what it does between taking packets and handing in responses.
#include "transport/udp_worker.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <thread>

#include "transport/listen_socket.hpp"
#include "zone/load.hpp"

namespace {

/// Allocations of threads other than the one that tests run on, where tests ask for the count.
std::atomic<bool> counting = false;
std::atomic<std::uint64_t> allocations = 0;
thread_local bool is_tester = false;

void count_allocation() noexcept {
  if (counting.load(std::memory_order_relaxed) && !is_tester) ++allocations;
}

}  // namespace

// What the standard library and everything below it allocate by. The sanitizers have malloc() for
// themselves; operator new is counted with them too.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* block, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  count_allocation();
  return __libc_malloc(size);
}
void* calloc(std::size_t count, std::size_t size) {
  count_allocation();
  return __libc_calloc(count, size);
}
void* realloc(void* block, std::size_t size) {
  count_allocation();
  return __libc_realloc(block, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) {
  count_allocation();
  return __libc_memalign(alignment, size);
}
}
#else
void* operator new(std::size_t size) {
  count_allocation();
  void* block = std::malloc(size);
  if (block == nullptr) throw std::bad_alloc();
  return block;
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
  count_allocation();
  return std::malloc(size);
}
void operator delete(void* block) noexcept {
  std::free(block);
}
void operator delete(void* block, std::size_t) noexcept {
  std::free(block);
}
#endif

namespace rollcall::transport {
namespace {

using Octets = std::vector<std::uint8_t>;

constexpr const char* kZone = R"($TTL 60
@ SOA ns root 1 2 3 4 5
@ NS ns
@ MX 10 www
ns A 192.0.2.1
www A 192.0.2.2
www A 192.0.2.3
www A 192.0.2.4
www AAAA 2001:db8::1
_s._tcp SRV 0 0 80 www
alias CNAME www
d DNAME www
*.wild TXT "wild"
sub NS ns.sub
ns.sub A 192.0.2.5
)";

struct Question {
  const char* name;
  dns::Type type;
};
constexpr std::array<Question, 14> kQuestions{{{"www", dns::Type::A},
                                               {"WWW", dns::Type::AAAA},
                                               {"www", dns::Type::A},
                                               {"alias", dns::Type::A},
                                               {"_s._tcp", dns::Type::SRV},
                                               {"x.d", dns::Type::A},
                                               {"any.wild", dns::Type::TXT},
                                               {"host.sub", dns::Type::A},
                                               {"nobody", dns::Type::A},
                                               {"www", dns::Type::TXT},
                                               {"www", dns::Type::ANY},
                                               {"ns", dns::Type::A},
                                               {"@", dns::Type::MX},
                                               {"@", dns::Type::SOA}}};

/// @param shape of the EDNS part: none, plain, with a cookie and NSID, broken
Octets make_packet(const Question& question, unsigned shape) {
  Octets packet(512);
  ByteWriter out(packet);
  for (const unsigned word : {0x1234U, 0x0100U, 1U, 0U, 0U, shape == 0 ? 0U : 1U}) {
    out.u16(static_cast<std::uint16_t>(word));
  }
  const dns::Name origin = *dns::Name::parse("example.com");
  out.bytes(dns::Name::parse(question.name, origin)->wire());
  out.u16(static_cast<std::uint16_t>(question.type));
  out.u16(1);
  if (shape == 1 || shape == 2) {
    static constexpr std::uint8_t kOptions[]{0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 3, 0, 0};
    out.u8(0);
    out.u16(static_cast<std::uint16_t>(dns::Type::OPT));
    out.u16(1232);
    out.u32(0x8000);
    out.u16(shape == 2 ? sizeof kOptions : 0);
    if (shape == 2) out.bytes(kOptions);
  }
  packet.resize(out.position());
  return packet;
}

class Worker : public testing::Test {
 protected:
  Worker() {
    is_tester = true;
    const std::vector<dns::Name> pools{*dns::Name::parse("www.example.com")};
    const zone::LoadReport report =
        zone::load_zone({.origin = origin_, .file = "zone", .pools = pools},
                        [](const std::string&) -> Result<std::string> { return kZone; });
    catalog_.publish(std::make_shared<zone::Catalog>(
        std::vector<zone::CatalogEntry>{{origin_, report.zone, nullptr}}));
    bind();
  }

  void bind() {
    auto socket = bind_udp(*Endpoint::parse("127.0.0.1:0", 0));
    ASSERT_TRUE(socket);
    sockaddr_in bound{};
    socklen_t size = sizeof bound;
    ::getsockname(socket->get(), reinterpret_cast<sockaddr*>(&bound), &size);
    worker_.emplace(std::move(*socket), catalog_, responder_, answer::FindChanges{}, 1,
                    std::nullopt);
    client_ = io::Descriptor(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(client_.get(), reinterpret_cast<const sockaddr*>(&bound), size), 0);
    const timeval patience{5, 0};
    ::setsockopt(client_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }

  /// Sends `count` packets, and waits for as many responses.
  /// @return responses that came
  unsigned exchange(std::span<const Octets> packets, unsigned first, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      const Octets& packet = packets[(first + i) % packets.size()];
      ::send(client_.get(), packet.data(), packet.size(), 0);
    }
    unsigned came = 0;
    std::array<std::uint8_t, 1500> response;
    while (came < count && ::recv(client_.get(), response.data(), response.size(), 0) > 0) ++came;
    return came;
  }

  dns::Name origin_ = *dns::Name::parse("example.com");
  Published<zone::Catalog> catalog_{std::make_shared<zone::Catalog>()};
  answer::Responder responder_{{.nsid = "ns1"}};
  io::Descriptor client_{-1};
  std::optional<UdpWorker> worker_;
};

TEST_F(Worker, AllocatesNothingWhileItAnswers) {
  std::vector<Octets> packets;
  for (unsigned shape = 0; shape < 4; ++shape) {
    for (const Question& question : kQuestions) packets.push_back(make_packet(question, shape));
  }
  constexpr unsigned kTogether = 50;
  constexpr unsigned kQueries = 100'000;
  ASSERT_EQ(exchange(packets, 0, kTogether), kTogether);  // its arrays are made by now
  counting = true;
  unsigned answered = 0;
  for (unsigned first = 0; first < kQueries; first += kTogether) {
    answered += exchange(packets, first, kTogether);
  }
  const std::uint64_t while_answering = allocations;
  // That the count counts: what another thread allocates is seen.
  std::string seen;
  std::thread([&] { seen.assign(100, 'x'); }).join();
  counting = false;
  EXPECT_EQ(answered, kQueries);
  EXPECT_EQ(while_answering, 0U);
  EXPECT_GT(allocations, while_answering);
}

TEST_F(Worker, ANewCatalogIsAnsweredFromAtOnce) {
  const std::vector<Octets> packets{make_packet({"www", dns::Type::A}, 0)};
  for (int i = 0; i < 20; ++i) ASSERT_EQ(exchange(packets, 0, 1), 1U);  // it is recalled by now
  catalog_.publish(std::make_shared<zone::Catalog>());
  ::send(client_.get(), packets[0].data(), packets[0].size(), 0);
  std::array<std::uint8_t, 1500> response{};
  ASSERT_GT(::recv(client_.get(), response.data(), response.size(), 0), 0);
  EXPECT_EQ(response[3] & 0xf, static_cast<int>(dns::Rcode::refused));
}

TEST_F(Worker, ResponsesAndOtherNoiseGetNoAnswerAmongThoseThatDo) {
  Octets question = make_packet({"www", dns::Type::A}, 0);
  Octets response = question;
  response[2] |= 0x80;
  const std::vector<Octets> packets{question, response, Octets(5), question};
  for (const Octets& packet : packets) ::send(client_.get(), packet.data(), packet.size(), 0);
  std::array<std::uint8_t, 1500> octets{};
  for (int i = 0; i < 2; ++i) {
    ASSERT_GT(::recv(client_.get(), octets.data(), octets.size(), 0), 0);
    EXPECT_EQ(octets[7], 3) << "records of www";
  }
  EXPECT_EQ(exchange(packets, 0, 1), 1U) << "nothing else was waiting";
}

TEST(ListenSocket, TheKernelTakesSteeringAndBusyPolling) {
  auto first = bind_udp(*Endpoint::parse("127.0.0.1:0", 0));
  ASSERT_TRUE(first);
  EXPECT_TRUE(steer_by_cpu(*first, 2));
  EXPECT_TRUE(set_busy_poll(*first, std::chrono::microseconds(50)));
  int set = 0;
  socklen_t size = sizeof set;
  ::getsockopt(first->get(), SOL_SOCKET, SO_BUSY_POLL, &set, &size);
  EXPECT_EQ(set, 50);
}

}  // namespace
}  // namespace rollcall::transport
