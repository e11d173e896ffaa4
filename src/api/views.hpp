/// Replies on the control socket: one JSON object a line, "ok" first.
///
///   {"ok":true,"status":{"version":"0.1.0","uptime_ms":1,"normal":false,"normal_left_ms":null,
///    "zones":[...],"pools":[...]}}
///   {"ok":true,"message":"..."}
///   {"ok":false,"error":"...","diagnostics":[{"severity":"error","file":...,"line":...,...}]}
///
/// A member's "override" is auto, drained, forced-up or forced-down; null stands for no end.
/// Strings are printable UTF-8, whatever was outside (core/printable.hpp); a message may have
/// lines. The "address" of an exchange that has none here is "". Durations are whole milliseconds
/// (`_ms`); addresses and names are strings. Keys may be added, never renamed: scripts read this.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/diagnostic.hpp"
#include "pool/status.hpp"

namespace rollcall::api {

// Each gives a line without its line end.

/// @param filtered a part of it was asked for
std::string status_reply(const pool::Status& status, bool filtered = false);
std::string done_reply(std::string_view message, const Diagnostics& warnings = {});
std::string failure_reply(std::string_view error, const Diagnostics& diagnostics = {});

/// What a reload has come to.
struct Reloaded {
  bool configuration = true;  // false: it was refused, and no zone was read
  std::size_t zones = 0;      // that were read
  std::size_t refused = 0;    // of these
};
/// @param diagnostics of the configuration and of all zones
std::string reload_reply(const Reloaded& reloaded, const Diagnostics& diagnostics);

/// A command was carried out, but could not be written to state_dir.
/// @param done what was done
/// @param why the disk's error; empty: it does not respond
std::string unsaved_reply(std::string_view done, std::string_view why);

/// The new text of a zone's file, for the command line to write.
struct ZoneText {
  std::string file;        // its path, absolute
  std::uint32_t before{};  // CRC-32 of the text that the file had
  std::string text;        // any octets
};
std::string zone_text_reply(const ZoneText& zone);
/// @return an error where the line is no such reply; one without a file says its message
Result<ZoneText> read_zone_text(std::string_view reply);
std::uint32_t crc_of(std::string_view text);

/// What a channel of alerts has answered to a test.
struct ChannelView {
  std::string channel;  // "mail", "webhook", "exec"
  std::string target;
  bool ok = false;
  std::string answer;  // "250 2.0.0 Ok: queued as 4F2", "HTTP 204", "exit status 0: paged"
};
/// "ok" where all of them are: {"ok":true,"message":"...","channels":[{"channel":"mail",...}]}
std::string channels_reply(const std::vector<ChannelView>& channels);

/// "up", "down", "unknown".
std::string_view to_word(pool::State health) noexcept;
/// "served", "not_ready", "refused".
std::string_view to_word(pool::ZoneState state) noexcept;

}  // namespace rollcall::api
