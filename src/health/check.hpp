/// What a check is, and what one probe of it said.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "core/instant.hpp"

namespace rollcall::health {

/// A TCP check: connect; with `send` write it and CRLF; with `expect` read until it has been seen.
struct TcpCheck {
  std::string send;    // without the line's end; empty: nothing is sent
  std::string expect;  // empty: an established connection is enough

  bool operator==(const TcpCheck&) const = default;
};

/// An HTTP/1.1 check. Success is a status of 200 to 399 and, with `expect`, that text in the first
/// kMaxBodySearched octets of the body. Redirects are not followed.
struct HttpCheck {
  std::string path = "/";
  std::string host;    // Host header; empty: the pool's name
  std::string expect;  // empty: the status alone decides

  bool operator==(const HttpCheck&) const = default;
};

inline constexpr std::size_t kMaxBodySearched = 8UL * 1024;  // octets; a health page is short

/// The definition: how to find out whether a member serves.
struct CheckSpec {
  std::string name;
  std::uint16_t port = 0;
  std::variant<TcpCheck, HttpCheck> how;
  Duration interval = std::chrono::seconds(10);
  Duration fast_interval = std::chrono::seconds(2);  // while the state is in doubt
  Duration timeout = std::chrono::seconds(3);        // of a whole probe; less than the interval
  std::uint16_t rise = 2;                            // good probes in a row that turn a member up
  std::uint16_t fall = 3;                            // bad probes in a row that turn it down
  double jitter = 0.05;                              // share of the interval

  bool operator==(const CheckSpec&) const = default;
};

/// What one probe said.
struct Outcome {
  bool good = false;
  std::string reason;  // of a bad one: "connection refused", "timed out after 3s", "status 503"

  bool operator==(const Outcome&) const = default;
};

}  // namespace rollcall::health
