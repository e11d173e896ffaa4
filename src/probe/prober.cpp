#include "probe/prober.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "core/fault.hpp"
#include "io/neighbours.hpp"
#include "probe/probes.hpp"

namespace rollcall::probe {
namespace {

template <class Check>
bool is(const Request& request) {
  return std::holds_alternative<Check>(request.check->how);
}

/// The link may know more of a host that answers no ping.
void heed_neighbours(const IpAddress& address, Outcome& outcome) {
  if (outcome.good || outcome.unknown) return;
  switch (io::find_neighbour(address)) {
    case io::Neighbour::answers:
      outcome = good();
      break;
    case io::Neighbour::unsure:
      outcome.yields = true;
      break;
    case io::Neighbour::silent:
    case io::Neighbour::none:
      break;
  }
}

}  // namespace

void Prober::start(Request request) {
  if (ConnectProbes::is_for(*request.check)) return connects_.start(request);
  others_.start(run(std::move(request)));
}

void Prober::cancel() {
  cancelled_ = true;
  connects_.cancel();
  others_.cancel();
}

/// Keeps the time of every probe, whatever its member sends.
asio::awaitable<void> Prober::run(Request request) {
  io::Deadline deadline(co_await asio::this_coro::executor, request.check->timeout);
  auto ended = co_await io::before(deadline, attempt(request, deadline));
  auto* const outcome = std::get_if<Outcome>(&ended);
  if (cancelled_) co_return;
  Outcome seen = outcome != nullptr ? std::move(*outcome) : bad(std::get<1>(ended));
  const auto* icmp = std::get_if<health::IcmpCheck>(&request.check->how);
  if (icmp != nullptr && icmp->asks_neighbours) heed_neighbours(request.target.address, seen);
  tell(request.run, std::move(seen));
}

/// Every exception becomes an outcome: without one, the member would never be probed again.
asio::awaitable<Outcome> Prober::attempt(const Request& request, io::Deadline& deadline) {
  try {
    co_return co_await probe(request, deadline);
  } catch (const boost::system::system_error& error) {
    if (is_shortage(error.code())) co_return unasked("probe", error.code());
    co_return bad(error.what());
  } catch (const std::exception& error) {
    co_return bad(error.what());
  }
}

void Prober::tell(RunId run, Outcome outcome) {
  if (outcome.unknown) unasked_.note(outcome.reason);
  done_(run, std::move(outcome));
}

asio::awaitable<Outcome> Prober::probe(const Request& request, io::Deadline& deadline) {
  // So that `done` is never called from within start().
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  if (is<health::TcpCheck>(request)) co_return co_await probe_tcp(request, contexts_, deadline);
  if (is<health::HttpCheck>(request)) co_return co_await probe_http(request, contexts_, deadline);
  if (is<health::AgentCheck>(request)) co_return co_await probe_agent(request, deadline);
  if (is<health::DnsCheck>(request)) co_return co_await probe_dns(request, deadline);
  if (is<health::IcmpCheck>(request)) co_return co_await probe_icmp(request, deadline);
  if (is<health::ExecCheck>(request)) co_return co_await probe_exec(request);
  co_return co_await probe_file(request, files_);
}

asio::awaitable<Outcome> probe_file(const Request& request, StateFiles& files) {
  const auto& check = std::get<health::FileCheck>(request.check->how);
  const auto states = co_await files.states_of(check.file, request.check->timeout);
  if (!states) {
    Outcome unread = bad(states.error().message);
    unread.yields = true;
    co_return unread;
  }
  files.note_asked(check.file, request.host, request.member, request.check->interval);
  co_return health::state_of(**states, request.host, request.member, check.missing_is_up);
}

Outcome unasked(std::string_view what, const ErrorCode& error) {
  Outcome outcome = bad(fmt::format("{}: {}", what, error.message()));
  outcome.unknown = true;
  outcome.scarce = is_shortage(error);
  return outcome;
}

}  // namespace rollcall::probe
