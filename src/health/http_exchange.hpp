/// The request of an HTTP check, and its expected statuses. The reply itself: http_reply.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "health/check.hpp"

namespace rollcall::health {

/// The request with its final empty line (RFC 9112). `Connection: close`: one probe, one
/// connection.
/// @param host for the Host header, which has a port only where it is not the scheme's default
std::string http_request(const HttpCheck& check, std::string_view host, std::uint16_t port);

/// Reads "200", "200-299" or several separated by commas: "200-299, 401".
Result<std::vector<StatusRange>> parse_status_ranges(std::string_view text);

bool is_expected(const HttpCheck& check, unsigned status) noexcept;

}  // namespace rollcall::health
