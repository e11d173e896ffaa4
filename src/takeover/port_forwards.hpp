/// The ports of this host that lead to other hosts now: the nftables table `rollcall`.
///
/// The table is removed at the start, for what a killed agent may have left, and at the stop, for
/// then nobody could end it. Connections that were forwarded go on until they end by themselves.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "io/async.hpp"
#include "takeover/commands.hpp"

namespace rollcall::takeover {

/// A service and the family of the addresses at which its port is forwarded.
using ForwardedPort = std::pair<std::string, IpFamily>;

class PortForwards {
 public:
  explicit PortForwards(const asio::any_io_executor& executor) : turn_(executor) {}

  /// Leads the port of a service to another host, instead of where it led before.
  /// @param nameserver whose probes are not led there
  asio::awaitable<Result<void>> begin(ForwardedPort port, PortForward forward,
                                      IpAddress nameserver);
  asio::awaitable<Result<void>> end(ForwardedPort port);
  /// Removes the table.
  asio::awaitable<Result<void>> end_all();

  const std::map<ForwardedPort, PortForward>& now() const noexcept { return forwards_; }

 private:
  asio::awaitable<Result<void>> apply(std::map<ForwardedPort, PortForward> wanted);
  asio::awaitable<void> wait_for_turn();

  std::map<ForwardedPort, PortForward> forwards_;  // as the table has them
  std::set<IpAddress> nameservers_;
  bool busy_ = false;
  asio::steady_timer turn_;  // cancelled when it is the next one's
};

}  // namespace rollcall::takeover
