/// Numbers with their nouns.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace rollcall {

/// "1 member", "2 members".
inline std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return std::to_string(count).append(" ").append(count == 1 ? one : many);
}

}  // namespace rollcall
