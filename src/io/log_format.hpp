/// What a line of the log looks like.
#pragma once

#include <memory>

namespace spdlog {
class formatter;
}

namespace rollcall::io {

/// "2026-11-29T14:05:06.789 warning: message", the message as one printable line
/// (core/printable.hpp): services, zone files and strangers have a say in it. For
/// spdlog::set_formatter; every log of the programs has it.
std::unique_ptr<spdlog::formatter> log_formatter();

}  // namespace rollcall::io
