/// Lines of the log that anybody outside can cause. The first of its kind from a host is written at
/// once, the others are counted and told once a minute: a flood of refusals is two lines a minute.
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

namespace rollcall::io {

/// Hosts times kinds that are told apart within a minute; what is beyond is one count.
inline constexpr std::size_t kMaxStrangerLines = 256;
inline constexpr Duration kStrangerLogPeriod = std::chrono::minutes(1);

/// Pure: which lines are written, and what is told of the others.
class LineCounts {
 public:
  /// @param kind of the line, text that stays: "transfer refused"
  /// @return true where the line is written, false where it is counted
  bool first(const IpAddress& host, std::string_view kind, Instant now);

  /// What is to be told of the period that has ended; nothing before it has.
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
  std::uint64_t others_ = 0;                           // of hosts that the table has no room for
  Instant begun_{};
};

/// One thread. Its owner calls tell_due() every now and then.
class StrangerLog {
 public:
  /// @param line makes the text, where it is written
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

}  // namespace rollcall::io
