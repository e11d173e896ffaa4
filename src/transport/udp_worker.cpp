#include "transport/udp_worker.hpp"

#include <fmt/format.h>
#include <netinet/in.h>
#include <pthread.h>
#include <spdlog/spdlog.h>

#include <array>
#include <cstring>
#include <memory>
#include <new>

#include "answer/recall.hpp"
#include "core/fault.hpp"
#include "io/clock.hpp"
#include "transport/listen_socket.hpp"
#include "transport/udp_batch.hpp"
#include "transport/update_letters.hpp"

namespace rollcall::transport {
namespace {

/// At the end, the queries that wait in the socket are answered, up to this many batches.
constexpr unsigned kLastBatches = kUdpReceiveBuffer / (kUdpBatch * 1024);

/// What is known of a request before it is answered.
struct Known {
  answer::PlainAnswer recalled;
  answer::PlainRequest plain;  // where there is one
};

/// Answers a batch of requests: each step runs for the whole batch before the next step.
class Clerk {
 public:
  Clerk(const answer::Responder& responder, const answer::FindChanges& find,
        std::optional<UpdateLetters>& letters, std::uint64_t seed)
      : responder_(responder), find_changes_(find), letters_(letters), random_(seed) {}

  void forget() noexcept { recall_.clear(); }

  void answer(UdpBatch& batch, const zone::Catalog& catalog) noexcept {
    for (unsigned i = 0; i < batch.received(); ++i) {
      known_[i].recalled = recall_.find(batch.request(i), known_[i].plain);
      if (!known_[i].recalled) answer::Responder::read(catalog, batch.request(i), read_[i]);
    }
    for (unsigned i = 0; i < batch.received(); ++i) {
      if (!known_[i].recalled) answer::Responder::fetch(read_[i]);
    }
    const WallTime now = io::wall_now();
    for (unsigned i = 0; i < batch.received(); ++i) {
      batch.set_response(i, answer_one(batch, i, catalog, now));
    }
  }

 private:
  std::size_t answer_one(UdpBatch& batch, unsigned i, const zone::Catalog& catalog,
                         WallTime now) noexcept {
    if (known_[i].recalled) {
      const std::size_t size =
          answer::write_plain_answer(known_[i].plain, known_[i].recalled, batch.room(), random_);
      if (size != 0) return size;
      answer::Responder::read(catalog, batch.request(i), read_[i]);
    }
    if (read_[i].error && letters_ && answer::is_update(batch.request(i))) {
      return letters_->take(catalog, batch, i, now);
    }
    recall_.offer(read_[i]);
    const answer::Asker asker{.address = address_octets(batch.peer(i)), .now = now};
    if (read_[i].query.type == dns::Type::IXFR) {
      if (const std::size_t size = answer_changes(catalog, read_[i], batch.room(), asker)) {
        return size;
      }
    }
    return responder_.answer(catalog, read_[i], batch.room(), asker, random_).size;
  }

  std::size_t answer_changes(const zone::Catalog& catalog, const answer::Request& request,
                             MutableBytes out, const answer::Asker& asker) noexcept try {
    return responder_.answer_changes(catalog, request, out, asker, find_changes_);
  } catch (const std::bad_alloc&) {
    return 0;  // the SOA alone takes no memory
  }

  const answer::Responder& responder_;
  const answer::FindChanges& find_changes_;
  std::optional<UpdateLetters>& letters_;
  Random random_;
  answer::Recall recall_;
  std::array<Known, kUdpBatch> known_;
  std::array<answer::Request, kUdpBatch> read_;  // the requests that are not recalled
};

/// If this process may not run on that CPU, the thread runs on any: slower, but correct.
void stay_on(unsigned cpu) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET(cpu, &cpus);
  ::pthread_setaffinity_np(::pthread_self(), sizeof cpus, &cpus);
}

}  // namespace

UdpWorker::UdpWorker(io::Descriptor socket, const Published<zone::Catalog>& catalog,
                     const answer::Responder& responder, answer::FindChanges find_changes,
                     std::uint64_t seed, std::optional<unsigned> cpu,
                     std::function<void(std::string)> failed, answer::UpdateSink* updates)
    : socket_(std::move(socket)),
      catalog_(catalog),
      responder_(responder),
      find_changes_(std::move(find_changes)),
      updates_(updates),
      seed_(seed),
      cpu_(cpu),
      failed_(std::move(failed)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void UdpWorker::run(const std::stop_token& stop) {
  if (cpu_) stay_on(*cpu_);
  const auto batch = std::make_unique<UdpBatch>(socket_.get());
  std::optional<UpdateLetters> letters;
  if (updates_ != nullptr) letters.emplace(*updates_, socket_);
  const auto clerk = std::make_unique<Clerk>(responder_, find_changes_, letters, seed_);
  Published<zone::Catalog>::Reader catalog(catalog_);
  LastingFailure failing;
  unsigned last = 0;  // batches since the stop was requested
  while (!stop.stop_requested() || last < kLastBatches) {
    if (stop.stop_requested()) ++last;
    const unsigned received = batch->receive(last > 0 ? MSG_DONTWAIT : 0);
    if (last > 0 && received == 0) break;
    if (catalog.refresh()) clerk->forget();
    if (received == 0) {  // the wake interval has passed, a signal came, or receiving failed
      if (!goes_on(batch->failure(), failing)) return;
      continue;
    }
    clerk->answer(*batch, *catalog);
    batch->send();
  }
  socket_ = {};  // closed here, so that later queries are refused by the kernel rather than left
                 // unanswered
}

/// @return false if the socket is given up
bool UdpWorker::goes_on(int failure, LastingFailure& failing) const {
  if (failure == 0) {
    failing.worked();
    return true;
  }
  const LastingFailure::Advice advice = failing.failed(io::monotonic_now());
  const std::string text = fmt::format("UDP {}: cannot receive queries: {}", bound_address(socket_),
                                       std::strerror(failure));
  if (advice.tell) spdlog::error("{}", text);
  if (advice.give_up && failed_ && !is_shortage(failure)) {
    failed_(text);
    return false;
  }
  std::this_thread::sleep_for(kFailurePause);
  return true;
}

}  // namespace rollcall::transport
