/// Files as text, and what this machine calls its ports. The caller's thread waits for the disk.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.hpp"
#include "zone/load.hpp"

namespace rollcall::server {

inline constexpr std::size_t kMaxTextFile = std::size_t{1} << 30;  // octets; 20 million records
inline constexpr std::size_t kMaxSecretFile = 4096;                // octets; a key is some lines

/// @param limit octets; a larger file is an error, however large it says that it is
/// @return the content, or "PATH: No such file or directory" and the like
Result<std::string> read_text_file(const std::string& path, std::size_t limit = kMaxTextFile);

/// For zone::load_zone: `zone_file` is read where it is named, a relative path of $INCLUDE from the
/// folder of `zone_file`.
zone::ReadFile reader_beside(const std::string& zone_file);

/// The TCP port of a service name by /etc/services: "smtp" -> 25.
std::optional<std::uint16_t> find_service_port(const std::string& name);

}  // namespace rollcall::server
