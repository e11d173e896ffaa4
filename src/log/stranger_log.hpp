/// Log lines that anybody outside can cause. The first of a kind from a host is written at once;
/// the others are counted, and the count is logged once a minute. So a flood of refusals is two
/// lines a minute.
#pragma once

#include <spdlog/common.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"

namespace rollcall::log {

/// How many pairs of host and kind are counted separately within a minute; all others share one
/// count.
inline constexpr std::size_t kMaxStrangerLines = 256;
inline constexpr Duration kStrangerLogPeriod = std::chrono::minutes(1);

/// Pure: decides which lines are written, and counts the others.
class LineCounts {
 public:
  /// @param kind of the line, text that stays: "transfer refused"
  /// @return true where the line is written, false where it is counted
  bool first(const IpAddress& host, std::string_view kind, Instant now);

  /// The counts of the minute that has ended, as lines; nothing while it lasts.
  std::vector<std::string> due(Instant now);

 private:
  struct Key {
    IpAddress host;
    std::string_view kind;
    bool operator==(const Key&) const = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const noexcept {
      return std::hash<IpAddress>{}(key.host) ^ std::hash<std::string_view>{}(key.kind);
    }
  };

  std::unordered_map<Key, std::uint64_t, Hash> more_;  // lines beyond the first
  std::uint64_t others_ = 0;  // lines about hosts for which the table has no room
  Instant begun_{};
};

/// One thread. Its owner calls tell_due() every now and then.
class StrangerLog {
 public:
  /// @param line makes the text; called only if the line is written
  template <class Line>
  void note(spdlog::level::level_enum level, const IpAddress& address, std::string_view kind,
            Instant now, Line line) {
    if (counts_.first(host_of(address), kind, now)) write(level, line());
  }
  void tell_due(Instant now);

 private:
  static IpAddress host_of(const IpAddress& address);
  static void write(spdlog::level::level_enum level, const std::string& line);

  LineCounts counts_;
};

}  // namespace rollcall::log
