#include "server/prober.hpp"

#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "server/probes.hpp"

namespace rollcall::server {
namespace {

template <class Check>
bool is(const roster::StartProbe& request) {
  return std::holds_alternative<Check>(request.check->how);
}

/// For probes that do not keep the time themselves.
asio::awaitable<Outcome> in_time(const roster::StartProbe& request, asio::awaitable<Outcome> work) {
  const Duration limit = request.check->timeout;
  auto outcome = co_await within(limit, std::move(work));
  if (!outcome) co_return bad("timed out after " + format_duration(limit));
  co_return std::move(*outcome);
}

}  // namespace

void Prober::start(roster::StartProbe request) {
  if (ConnectProbes::is_for(*request.check)) return connects_.start(request);
  others_.start(run(std::move(request)));
}

void Prober::cancel() {
  cancelled_ = true;
  connects_.cancel();
  others_.cancel();
}

asio::awaitable<void> Prober::run(roster::StartProbe request) {
  Outcome outcome;
  try {
    outcome = co_await probe(request);
  } catch (const boost::system::system_error& error) {
    outcome = is_shortage(error.code()) ? unknown(error.code().message()) : bad(error.what());
  } catch (const std::exception& error) {  // without an outcome this member is never probed again
    outcome = bad(error.what());
  }
  if (!cancelled_) tell(request.probe, std::move(outcome));
}

void Prober::tell(roster::ProbeId probe, Outcome outcome) {
  if (outcome.unknown) shortages_.note(outcome.reason);
  done_(probe, std::move(outcome));
}

asio::awaitable<Outcome> Prober::probe(const roster::StartProbe& request) {
  if (is<health::TcpCheck>(request)) co_return co_await probe_tcp(request, contexts_);
  if (is<health::HttpCheck>(request)) co_return co_await probe_http(request, contexts_);
  if (is<health::AgentCheck>(request)) co_return co_await probe_agent(request);
  // Those above wait for a connection; what is below may know its outcome at once.
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  if (is<health::DnsCheck>(request)) co_return co_await in_time(request, probe_dns(request));
  if (is<health::IcmpCheck>(request)) co_return co_await in_time(request, probe_icmp(request));
  if (is<health::ExecCheck>(request)) co_return co_await probe_exec(request);
  co_return probe_file(request, files_);
}

}  // namespace rollcall::server
