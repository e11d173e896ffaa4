/// Daemon: reports the progress of the start to systemd and the log. The server is ready when it
/// answers for each zone whose file could be read: after the first round of probes
/// (roster::kReadyLimit at most) or by saved health.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "core/counted.hpp"
#include "daemon/daemon.hpp"
#include "io/clock.hpp"
#include "process/sd_notify.hpp"

namespace rollcall::daemon {
namespace {

/// However many zones there are, the start goes on while one after the other is read. A zone that
/// takes longer than this counts as hung.
constexpr std::chrono::seconds kStartExtension{120};
constexpr std::chrono::seconds kProgressInterval{1};  // between messages to systemd

}  // namespace

/// Called after each zone of the start.
void Daemon::tell_progress() {
  const Instant now = io::monotonic_now();
  if (ready_ || (zones_read_ > 0 && now < progress_told_ + kProgressInterval)) return;
  progress_told_ = now;
  process::sd_notify(fmt::format("EXTEND_TIMEOUT_USEC={}\nSTATUS={} of {} zones read",
                                 std::chrono::microseconds(kStartExtension).count(), zones_read_,
                                 settings_.zones->size()));
}

/// Called after all of them, and after each later catalog.
void Daemon::tell_ready() {
  if (ready_ || !loaded_ || publish_pending_) return;
  // A zone that was never transferred may not come for long: nobody waits for it.
  const auto waits = std::ranges::count_if(zones_, [this](const auto& zone) {
    const auto transferred = refresher_.state(zone.first);
    const bool may_come = !transferred || transferred->held;
    return !zone.second.zone && !zone.second.refused && may_come;
  });
  if (waits > 0) {
    if (std::exchange(said_waiting_, true)) return;
    const std::string text = fmt::format("waiting for the first probes; waiting zones: {}", waits);
    spdlog::info("{}", text);
    process::sd_notify("STATUS=" + text);
    return;
  }
  ready_ = true;
  for (const Endpoint& endpoint : listening_) {
    spdlog::info("listening on {}", endpoint.to_string());
  }
  for (const Endpoint& endpoint : listening_tls_) {
    spdlog::info("listening on {} for DNS over TLS", endpoint.to_string());
  }
  const std::size_t good = loaded_->zones - loaded_->refused;
  spdlog::info("rollcalld {} ready: {} of {} loaded, {}", ROLLCALL_VERSION, good,
               counted(loaded_->zones, "zone", "zones"),
               counted(settings_.pools.size(), "pool", "pools"));
  process::sd_notify(fmt::format("READY=1\nSTATUS={} of {} zones answered", good, loaded_->zones));
}

}  // namespace rollcall::daemon
