/// What a line of the log looks like.
#pragma once

#include <memory>

namespace spdlog {
class formatter;
}

namespace rollcall::log {

/// "2026-11-29T14:05:06.789 warning: message", the message as one printable line
/// (core/printable.hpp): it may have text from services, zone files and strangers. For
/// spdlog::set_formatter; all programs use it.
std::unique_ptr<spdlog::formatter> log_formatter();

}  // namespace rollcall::log
