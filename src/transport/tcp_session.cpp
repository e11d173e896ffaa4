#include "transport/tcp_session.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <utility>

#include "answer/transfer.hpp"
#include "io/clock.hpp"
#include "io/endpoints.hpp"
#include "io/pages.hpp"

namespace rollcall::transport {

using asio::ip::tcp;

namespace {

class TcpSession final : public Place {
 public:
  TcpSession(tcp::socket socket, const tcp::endpoint& peer, TcpShared& shared)
      : stream_(std::move(socket), shared.tls),
        shared_(shared),
        bench_(*shared.bench),
        peer_{io::from_asio(peer.address()).unmapped(), peer.port()},
        transfer_(*this) {}
  ~TcpSession() override {
    shared_.transfers.leave(transfer_);
    shared_.sessions.leave(*this);
  }

  bool get_place() {
    const Instant now = io::monotonic_now();
    waits_since_ = now;  // for a handshake
    return shared_.sessions.admit(*this, source_of(peer_.address), trusted(now), now);
  }

  asio::awaitable<bool> open() { return stream_.open(); }

  asio::awaitable<void> run() {
    for (;;) {
      // g++ 12 makes a wrong frame of a coroutine that begins with while (co_await ...), and
      // evaluates a co_await after && or ?: even where it must not; so these are ifs.
      const bool on = co_await readable();
      if (!on || !receive()) co_return;
      if (!co_await answer_all()) co_return;
      if (!co_await write()) co_return;
      put_away();
    }
  }

  void make_room() noexcept override {
    ended_ = true;
    stream_.cancel();
  }

  bool overdue(Instant now, Duration idle_limit) const noexcept {
    return now - waits_since_ > (writing_ ? kTcpWriteLimit : idle_limit);
  }

 private:
  /// When the place of a transfer is taken back, its session ends.
  struct TransferPlace final : Place {
    explicit TransferPlace(TcpSession& of) : session(of) {}
    void make_room() noexcept override { session.make_room(); }
    TcpSession& session;
  };

  bool trusted(Instant now) const { return shared_.trusts(peer_.address, now); }

  /// Notes progress: a whole request was read or a whole message was sent. An octet a second is no
  /// progress.
  void got_on() {
    const Instant now = io::monotonic_now();
    waits_since_ = now;
    shared_.sessions.got_on(*this, now);
    shared_.transfers.got_on(transfer_, now);
  }

  /// Waits for octets. An idle session keeps no memory.
  asio::awaitable<bool> readable() {
    kept_responses_.release();
    if (kept_requests_.empty()) {
      kept_requests_.release();
      if (std::exchange(got_octets_, false)) waits_since_ = io::monotonic_now();
    }
    const bool woken = co_await stream_.readable();
    const bool on = woken && !ended_;
    co_return on;
  }

  /// Reads what has arrived. @return false at the end of the stream
  bool receive() {
    const bool begins = kept_requests_.empty();
    take_up();
    std::size_t room = kTcpReadSize;
    if (received_ >= dns::kLengthSize) {
      room = std::max(room, dns::kLengthSize + load_u16(bench_.received));
    }
    const Moved got =
        stream_.read(MutableBytes(bench_.received).subspan(received_, room - received_));
    if (got.octets == 0) return !got.ended;
    received_ += got.octets;
    got_octets_ = true;
    // The time counts from the first octet of a message, however slowly the rest arrives.
    if (begins) waits_since_ = io::monotonic_now();
    return true;
  }

  asio::awaitable<bool> answer_all() {
    while (const std::optional<MutableBytes> request = next_request()) {
      got_on();
      std::optional<answer::OpenedTransfer> transfer;
      std::optional<answer::OpenedUpdate> update;
      bool on = take(*request, transfer, update);
      if (transfer) on = co_await send(std::move(*transfer));
      if (update) on = co_await hand_on(std::move(*update));
      if (!on) {
        co_await write();  // the answers to earlier requests
        co_return false;
      }
      if (unwritten_ <= kTcpFlushSize) continue;
      if (!co_await write()) co_return false;
    }
    co_return true;
  }

  /// The next request that has arrived whole; it stays valid until the session waits.
  std::optional<MutableBytes> next_request() {
    const MutableBytes here = MutableBytes(bench_.received).subspan(read_, received_ - read_);
    if (here.size() < dns::kLengthSize) return std::nullopt;
    const std::size_t size = load_u16(here.data());
    if (here.size() < dns::kLengthSize + size) return std::nullopt;
    read_ += dns::kLengthSize + size;
    return here.subspan(dns::kLengthSize, size);
  }

  /// Answers a request, or opens the transfer or the update that it asks for.
  /// @return false: the session ends
  bool take(Bytes packet, std::optional<answer::OpenedTransfer>& transfer,
            std::optional<answer::OpenedUpdate>& update) {
    // A reference of this request's own: the catalog may move while the response is written.
    const std::shared_ptr<const zone::Catalog> catalog = shared_.catalog.load();
    answer::Request& request = bench_.request;
    answer::Responder::read(*catalog, packet, request);
    if (answer::asks_for_transfer(request)) return open(*catalog, transfer);
    if (request.error && shared_.updates != nullptr && answer::is_update(packet)) {
      return open(*catalog, packet, update);
    }
    answer::Responder::fetch(request);
    const answer::Asker asker{answer::Transport::tcp, peer_.address.octets(), io::wall_now()};
    return add(shared_.responder.answer(*catalog, request, room(), asker, shared_.random).size);
  }

  bool open(const zone::Catalog& catalog, std::optional<answer::OpenedTransfer>& transfer) {
    auto opened = admit(catalog);
    if (opened) {
      transfer = std::move(*opened);
      return true;
    }
    answer::TransferRefusal& refusal = opened.error();
    const answer::Request& request = bench_.request;
    shared_.log.note(spdlog::level::info, peer_.address, "transfer refused", io::monotonic_now(),
                     [&] { return answer::describe_refusal(request, refusal, peer_.to_string()); });
    return add(answer::write_refusal(request, refusal, room(), io::wall_now()));
  }

  bool open(const zone::Catalog& catalog, Bytes packet,
            std::optional<answer::OpenedUpdate>& update) {
    const WallTime now = io::wall_now();
    auto opened = answer::open_update(catalog, packet, peer_.address, answer::Transport::tcp, now);
    if (opened) {
      update = std::move(*opened);
      return true;
    }
    answer::UpdateRefusal& refusal = opened.error();
    if (refusal.is_told) {
      shared_.updates->tell_refused(peer_.address,
                                    answer::describe_refusal(packet, refusal, peer_));
    }
    const answer::UpdateReply reply{refusal.rcode, refusal.extended_error, refusal.reason};
    return add(answer::write_update_reply(packet, reply, refusal.signature, room(), now));
  }

  /// What the thread that makes the update and this session share.
  struct Reply {
    explicit Reply(const asio::any_io_executor& executor) : arrived(executor, kTcpUpdateLimit) {}
    asio::steady_timer arrived;
    std::vector<std::uint8_t> octets;
  };

  /// Hands an update on, and waits for its reply.
  asio::awaitable<bool> hand_on(answer::OpenedUpdate update) {
    if (!co_await write()) co_return false;  // the answers to earlier requests
    const auto executor = stream_.executor();
    const auto reply = std::make_shared<Reply>(executor);
    answer::WaitingUpdate waiting{
        std::move(update), peer_, [executor, reply](Bytes octets) {
          asio::post(executor,
                     [reply, copy = std::vector<std::uint8_t>(octets.begin(), octets.end())] {
                       reply->octets = copy;
                       reply->arrived.cancel();
                     });
        }};
    if (!shared_.updates->take(std::move(waiting))) co_return false;
    put_away();
    waits_since_ = io::monotonic_now();
    co_await reply->arrived.async_wait(as_value);
    take_up();
    got_on();
    if (ended_ || reply->octets.empty()) co_return false;
    std::ranges::copy(reply->octets, room().begin());
    co_return add(reply->octets.size());
  }

  asio::awaitable<bool> send(answer::OpenedTransfer transfer) {
    std::size_t octets = 0;
    bool written = true;
    while (written) {
      const std::size_t size = answer::next_message(transfer, room(), io::wall_now());
      if (!add(size)) break;
      octets += size;
      written = co_await write();
      if (!written) break;
      got_on();
      put_away();
      co_await asio::post(stream_.executor(), asio::use_awaitable);  // lets other sessions run
      take_up();
      written = !ended_;
    }
    shared_.transfers.leave(transfer_);
    tell(transfer.stream, written, octets);
    if (written) report(transfer);
    co_return written;
  }

  /// Finds a place for the transfer that was opened last.
  Result<answer::OpenedTransfer, answer::TransferRefusal> admit(const zone::Catalog& catalog) {
    if (stream_.is_tls() && !stream_.is_tls_1_3()) {
      return std::unexpected(
          answer::TransferRefusal{.rcode = dns::Rcode::refused,
                                  .signature = {},
                                  .reason = "transfers need TLS 1.3 (RFC 9103 section 8.2)"});
    }
    auto opened = answer::open_transfer(catalog, bench_.request, peer_.address, io::wall_now(),
                                        shared_.find_changes);
    if (!opened) return opened;
    const Instant now = io::monotonic_now();
    const Source source = source_of(peer_.address);
    if (opened->signature) {
      shared_.known.add(source.host, now);
      shared_.sessions.trust(*this);
    }
    if (shared_.transfers.admit(transfer_, source, trusted(now), now)) return opened;
    return std::unexpected(
        answer::TransferRefusal{.rcode = dns::Rcode::servfail,
                                .signature = std::move(opened->signature),
                                .reason = "the limit of concurrent transfers is reached"});
  }

  /// Logs every transfer of a known peer; transfers of strangers are counted.
  void tell(const answer::TransferStream& stream, bool done, std::size_t octets) {
    const auto line = [&] {
      const auto from = stream.changes_from();
      return fmt::format("transfer of {} to {} {}: {}serial {}, {} octets",
                         stream.origin().to_display(), peer_.to_string(), done ? "done" : "aborted",
                         from ? fmt::format("changes from serial {} to ", *from) : "",
                         stream.serial(), octets);
    };
    const Instant now = io::monotonic_now();
    if (trusted(now)) {
      spdlog::info("{}", line());
    } else {
      shared_.log.note(spdlog::level::info, peer_.address, done ? "transfer" : "transfer aborted",
                       now, line);
    }
  }

  /// Reports a transfer that is done to those who follow the secondaries.
  void report(const answer::OpenedTransfer& transfer) const {
    if (!shared_.taken) return;
    using Kind = transfer::TakenTransfer::Kind;
    const answer::TransferStream& stream = transfer.stream;
    transfer::TakenTransfer taken{.kind = stream.is_soa_alone()   ? Kind::up_to_date
                                          : stream.changes_from() ? Kind::changes
                                                                  : Kind::whole,
                                  .serial = stream.serial(),
                                  .by = peer_};
    if (transfer.signature) taken.key = transfer.signature->verified_key();
    shared_.taken(stream.origin(), taken);
  }

  /// Where the next response is written.
  MutableBytes room() {
    return MutableBytes(bench_.responses)
        .subspan(unwritten_ + dns::kLengthSize, dns::kMaxMessageSize);
  }

  /// Takes over the response of that size that was written into the room; 0: the session ends.
  bool add(std::size_t size) {
    if (size == 0) return false;
    store_u16(bench_.responses + unwritten_, static_cast<std::uint16_t>(size));
    unwritten_ += dns::kLengthSize + size;
    return true;
  }

  /// Nearly always the socket takes everything at once, without waiting.
  asio::awaitable<bool> write() {
    const std::size_t size = std::exchange(unwritten_, 0);
    if (size == 0) co_return true;
    const Moved written = stream_.write(Bytes(bench_.responses).first(size));
    if (written.ended) co_return false;
    if (written.octets == size) co_return true;
    kept_responses_.keep(Bytes(bench_.responses).subspan(written.octets, size - written.octets));
    put_away();
    writing_ = true;
    waits_since_ = io::monotonic_now();
    const bool on = co_await write_kept();
    writing_ = false;
    take_up();
    co_return on;
  }

  asio::awaitable<bool> write_kept() {
    Bytes left = kept_responses_.octets();
    while (!left.empty()) {
      const bool woken = co_await stream_.writable();
      if (!woken || ended_) co_return false;
      const Moved written = stream_.write(left);
      if (written.ended) co_return false;
      left = left.subspan(written.octets);
    }
    co_return true;
  }

  /// Clears the bench for the session that runs next.
  void put_away() {
    kept_requests_.keep(Bytes(bench_.received).subspan(read_, received_ - read_));
    read_ = received_ = 0;
  }
  void take_up() {
    const Bytes kept = kept_requests_.octets();
    std::ranges::copy(kept, bench_.received);
    received_ = kept.size();
    read_ = 0;
    kept_requests_.clear();
  }

  TcpStream stream_;
  TcpShared& shared_;
  TcpBench& bench_;
  Endpoint peer_;
  TransferPlace transfer_;
  Instant waits_since_{};      // for the octets of a request, or for the peer to take a response
  bool writing_ = false;       // the latter
  bool got_octets_ = true;     // since the wait began; a part of a TLS record is none
  bool ended_ = false;         // its place was taken back, or it took too long
  std::size_t received_ = 0;   // octets of requests on the bench
  std::size_t read_ = 0;       // of them
  std::size_t unwritten_ = 0;  // octets of responses on the bench
  io::Pages kept_requests_, kept_responses_;
};

}  // namespace

asio::awaitable<void> serve_tcp(tcp::socket socket, tcp::endpoint peer, TcpShared& shared) {
  TcpSession session(std::move(socket), peer, shared);
  if (!session.get_place()) co_return;
  if (!co_await session.open()) co_return;
  co_await session.run();
}

void end_overdue(TcpShared& shared, Instant now) {
  const Duration limit = shared.sessions.idle_limit(kTcpIdleLimit, kTcpLeastIdleLimit);
  shared.sessions.for_each([&](Place& place) {
    auto& session = static_cast<TcpSession&>(place);
    if (session.overdue(now, limit)) session.make_room();
  });
}

}  // namespace rollcall::transport
