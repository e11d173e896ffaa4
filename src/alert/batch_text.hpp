/// A batch as text for people: a subject that a phone shows whole, and a body that says what
/// happened, since when, what Rollcall did, what it does next, and a command to act.
#pragma once

#include <string>

#include "alert/batch.hpp"

namespace rollcall::alert {

inline constexpr std::size_t kSubjectLimit = 160;  // octets
inline constexpr std::size_t kMattersShown = 30;   // the others are counted
inline constexpr std::size_t kBodyLimit = 60'000;  // octets: an argument of a program has 128 KiB

/// "[ns1] www.example.com: 192.0.2.3 is down: connection refused; and 2 more". Printable.
std::string subject_of(const Batch& batch, const std::string& nameserver);
/// Printable lines.
std::string body_of(const Batch& batch, const std::string& nameserver);

}  // namespace rollcall::alert
