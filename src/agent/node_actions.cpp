#include "agent/node_actions.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>

#include "agent_link/agent_protocol.hpp"
#include "io/clock.hpp"
#include "takeover/floating_addresses.hpp"
#include "takeover/interfaces.hpp"

namespace rollcall::agent {
namespace {

constexpr unsigned kMalformed = 400;
constexpr unsigned kNotAllowed = 404;
constexpr unsigned kBusy = 409;

NodeAnswer refused(const std::string& who, unsigned status, std::string reason) {
  spdlog::warn("{}: refused: {}", who, reason);
  return std::unexpected(NodeRefusal{status, std::move(reason)});
}

NodeAnswer failed(const std::string& who, const std::string& what, const std::string& why) {
  spdlog::warn("{}: {}: {}", who, what, why);
  return agent_link::NodeReport{.error = why};
}

NodeAnswer worked(bool holds) {
  return agent_link::NodeReport{.ok = true, .holds = holds};
}

/// Holds a name until it goes out of scope, however the coroutine ends.
class Busy {
 public:
  Busy(std::set<std::string>& names, std::string name)
      : names_(names), name_(std::move(name)), fresh_(names_.insert(name_).second) {}
  ~Busy() {
    if (fresh_) names_.erase(name_);
  }
  Busy(const Busy&) = delete;
  Busy& operator=(const Busy&) = delete;

  bool is_fresh() const noexcept { return fresh_; }

 private:
  std::set<std::string>& names_;
  std::string name_;
  bool fresh_;
};

}  // namespace

asio::awaitable<void> NodeActions::start() {
  if (rights_.forward.empty()) co_return;
  const auto done = co_await forwards_.end_all();
  if (!done) spdlog::error("forwards of an earlier run may be left: {}", done.error().message);
}

asio::awaitable<void> NodeActions::stop() {
  if (forwards_.now().empty()) co_return;
  const auto done = co_await forwards_.end_all();
  if (done) {
    spdlog::info("all forwards have ended");
  } else {
    spdlog::error("the forwards could not be ended: {}", done.error().message);
  }
}

asio::awaitable<void> NodeActions::set_rights(takeover::NodeRights rights) {
  rights_ = std::move(rights);
  std::vector<takeover::ForwardedPort> gone;
  for (const auto& [port, forward] : forwards_.now()) {
    const auto right = rights_.forward.find(port.first);
    const bool stays = right != rights_.forward.end() && right->second.port == forward.port &&
                       right->second.udp == forward.udp &&
                       std::ranges::find(right->second.to, forward.to) != right->second.to.end();
    if (!stays) gone.push_back(port);
  }
  for (const takeover::ForwardedPort& port : gone) {
    const auto done = co_await forwards_.end(port);
    if (done) spdlog::info("the port of {} leads to no other node any more", port.first);
    if (!done) spdlog::error("{}: {}", port.first, done.error().message);
  }
}

asio::awaitable<NodeAnswer> NodeActions::answer(std::string path, std::string body, Asker asker) {
  if (path == agent_link::kForwardPath || path == agent_link::kEndForwardPath) {
    co_return co_await about_forward(path, std::move(body), std::move(asker));
  }
  co_return co_await about_address(path, std::move(body), std::move(asker));
}

asio::awaitable<NodeAnswer> NodeActions::about_address(std::string_view path, std::string body,
                                                       Asker asker) {
  const std::string& who = asker.name;
  const auto request = agent_link::read_address_request(body);
  if (!request) co_return refused(who, kMalformed, request.error().message);
  const std::string address = request->address.to_string();
  const auto right = rights_.floating.find(request->address);
  if (right == rights_.floating.end() || !asker.client->may_move(request->address)) {
    co_return refused(
        who, kNotAllowed,
        fmt::format("address {} is not in the allow-list of {}", address, asker.client->name));
  }
  const Busy busy(busy_, address);
  if (!busy.is_fresh()) {
    co_return refused(who, kBusy, fmt::format("address {} is already being asked about", address));
  }
  const takeover::Subject subject{request->address, request->owner, right->second.interface};
  if (path == agent_link::kLookPath) {
    const auto seen = co_await takeover::look(subject);
    if (!seen) co_return failed(who, "look at " + address, seen.error().message);
    agent_link::NodeReport report;
    report.ok = true;
    report.holds = seen->holds;
    report.owner_answers = seen->owner_answers;
    report.contested = seen->contested;
    co_return report;
  }
  if (path == agent_link::kTakePath) {
    spdlog::info("{}: taking {} on {}", who, address, subject.interface);
    const auto before = takeover::read_interfaces();
    const bool had = before && before->find(request->address) != nullptr;
    const auto taken = co_await takeover::take(subject);
    if (!taken) co_return failed(who, address + " is not taken", taken.error().message);
    spdlog::info("{}: {} is on {}", who, address, subject.interface);
    if (!had) taken_[request->address] = {asker.client->name, io::monotonic_now()};
    if (!taken->empty()) spdlog::warn("{}: {}", address, *taken);
    co_return worked(true);
  }
  spdlog::info("{}: asked to give back {}", who, address);
  const auto given = co_await takeover::give_back(subject);
  if (!given) co_return failed(who, address + " is not given back", given.error().message);
  spdlog::info("{}: {} is given back", who, address);
  taken_.erase(request->address);
  co_return worked(false);
}

asio::awaitable<NodeAnswer> NodeActions::about_forward(std::string_view path, std::string body,
                                                       Asker asker) {
  const std::string& who = asker.name;
  const auto request = agent_link::read_forward_request(body);
  if (!request) co_return refused(who, kMalformed, request.error().message);
  const bool begins = path == agent_link::kForwardPath;
  if (begins != request->to.has_value()) {
    co_return refused(who, kMalformed, begins ? "\"to\" is missing" : "\"family\" is missing");
  }
  const std::string service = agent_link::quote_foreign(request->service);
  const auto right = rights_.forward.find(request->service);
  if (right == rights_.forward.end() || !asker.client->may_forward(request->service)) {
    co_return refused(
        who, kNotAllowed,
        fmt::format("the port of {} is not in the allow-list of {}", service, asker.client->name));
  }
  const auto& allowed = right->second.to;
  if (begins && std::ranges::find(allowed, *request->to) == allowed.end()) {
    co_return refused(
        who, kNotAllowed,
        fmt::format("the port of {} may not lead to {}", service, request->to->to_string()));
  }
  const takeover::ForwardedPort port{request->service, request->family};
  const Busy busy(busy_, request->service + (request->family == IpFamily::v4 ? " ipv4" : " ipv6"));
  if (!busy.is_fresh()) {
    co_return refused(who, kBusy, fmt::format("the port of {} is being changed", service));
  }
  const std::string what =
      begins ? fmt::format("the port of {} leads to {}", service, request->to->to_string())
             : fmt::format("the port of {} leads to no other node", service);
  const takeover::PortForward forward{right->second.port, right->second.udp,
                                      request->to.value_or(IpAddress())};
  const IpAddress nameserver = request->from.value_or(asker.from);
  const auto was = forwards_.now().find(port);
  const std::optional<IpAddress> was_to =
      was == forwards_.now().end() ? std::nullopt : std::optional(was->second.to);
  const auto done =
      begins ? co_await forwards_.begin(port, forward, nameserver) : co_await forwards_.end(port);
  if (!done) co_return failed(who, "not so: " + what, done.error().message);
  spdlog::info("{}: {}", who, what);
  if (!begins) led_.erase(port);
  if (begins && was_to != request->to) {
    led_[port] = {asker.client->name, io::monotonic_now()};
  }
  co_return worked(false);
}

void NodeActions::report(const AgentClient& client, Instant now,
                         agent_link::AgentStatus& status) const {
  const auto standin_of = [now](const auto& orders, const auto& key) {
    agent_link::StandinStatus standin;
    const auto order = orders.find(key);
    if (order == orders.end()) return standin;
    standin.asked_by = order->second.client;
    standin.age = std::chrono::duration<double>(now - order->second.at).count();
    return standin;
  };
  if (!rights_.floating.empty()) {
    const auto interfaces = takeover::read_interfaces();
    for (const auto& [address, right] : rights_.floating) {
      if (!interfaces || !client.may_move(address)) continue;
      if (interfaces->find(address) == nullptr) continue;
      status.floating.emplace(address, standin_of(taken_, address));
    }
  }
  for (const auto& [port, forward] : forwards_.now()) {
    if (!client.may_forward(port.first)) continue;
    auto standin = standin_of(led_, port);
    standin.to = forward.to;
    status.forwards.emplace(port.first, std::move(standin));
  }
}

}  // namespace rollcall::agent
