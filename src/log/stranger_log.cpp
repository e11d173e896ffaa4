#include "log/stranger_log.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <utility>

#include "core/places.hpp"

namespace rollcall::log {

bool LineCounts::first(const IpAddress& host, std::string_view kind, Instant now) {
  if (more_.empty()) begun_ = now;
  const Key key{host, kind};
  if (const auto found = more_.find(key); found != more_.end()) {
    ++found->second;
    return false;
  }
  if (more_.size() >= kMaxStrangerLines) {
    ++others_;
    return false;
  }
  more_.emplace(key, 0);
  return true;
}

std::vector<std::string> LineCounts::due(Instant now) {
  std::vector<std::string> told;
  if (more_.empty() || now - begun_ < kStrangerLogPeriod) return told;
  for (const auto& [key, count] : more_) {
    if (count == 0) continue;
    told.push_back(
        fmt::format("{}: {}: {} more within a minute", key.host.to_string(), key.kind, count));
  }
  if (others_ > 0) {
    told.push_back(
        fmt::format("{} more lines about other hosts left out within a minute", others_));
  }
  more_.clear();
  others_ = 0;
  return told;
}

void StrangerLog::tell_due(Instant now) {
  for (const std::string& line : counts_.due(now)) spdlog::info("{}", line);
}

IpAddress StrangerLog::host_of(const IpAddress& address) {
  return source_of(address).host;
}

void StrangerLog::write(spdlog::level::level_enum level, const std::string& line) {
  spdlog::log(level, "{}", line);
}

}  // namespace rollcall::log
