/// The results of restarts that were asked for with an Idempotency-Key, for requests that come
/// again: a nameserver whose connection broke asks once more, and gets the result of the first
/// restart, also while that one still runs.
///
/// Not done: a restart of the agent forgets them, and then a repeated request restarts again.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "agent_link/agent_protocol.hpp"
#include "core/instant.hpp"

namespace rollcall::agent {

inline constexpr Duration kResultKeptFor = std::chrono::minutes(10);
inline constexpr std::size_t kMaxResultsOfClient = 64;  // each up to about 10 KiB

/// One thread.
class RestartResults {
 public:
  struct Entry {
    Entry(const boost::asio::any_io_executor& executor, std::string its_service)
        : service(std::move(its_service)),
          ended(executor, boost::asio::steady_timer::time_point::max()) {}

    const std::string service;
    std::optional<agent_link::RestartReport> report;  // nothing: it runs, or was cut off
    bool running = true;
    Instant since{};                  // when it ended
    boost::asio::steady_timer ended;  // cancelled when it ends
  };
  using EntryPtr = std::shared_ptr<Entry>;

  /// @param client its name
  /// @return null where this key was not used lately
  EntryPtr find(const std::string& client, const std::string& key, Instant now) {
    forget_old(client, now);
    const auto& its = entries_[client];
    const auto found = its.find(key);
    return found != its.end() ? found->second : nullptr;
  }

  /// A restart begins. Where the client has too many, its oldest result is forgotten.
  EntryPtr begin(const boost::asio::any_io_executor& executor, const std::string& client,
                 const std::string& key, std::string service) {
    auto& its = entries_[client];
    if (its.size() >= kMaxResultsOfClient) forget_oldest(its);
    auto entry = std::make_shared<Entry>(executor, std::move(service));
    its[key] = entry;
    return entry;
  }

  /// @param report nothing: the restart was cut off
  static void end(Entry& entry, std::optional<agent_link::RestartReport> report, Instant now) {
    entry.report = std::move(report);
    entry.running = false;
    entry.since = now;
    entry.ended.cancel();
  }

 private:
  using Entries = std::map<std::string, EntryPtr>;

  void forget_old(const std::string& client, Instant now) {
    std::erase_if(entries_[client], [now](const auto& pair) {
      return !pair.second->running && now - pair.second->since >= kResultKeptFor;
    });
  }
  /// Restarts that run are kept: each service has one at a time, so they are few.
  static void forget_oldest(Entries& its) {
    auto oldest = its.end();
    for (auto at = its.begin(); at != its.end(); ++at) {
      if (at->second->running) continue;
      if (oldest == its.end() || at->second->since < oldest->second->since) oldest = at;
    }
    if (oldest != its.end()) its.erase(oldest);
  }

  std::map<std::string, Entries> entries_;  // by client: those of agent.yaml, so they are few
};

}  // namespace rollcall::agent
