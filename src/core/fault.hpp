/// Where an error of a probe comes from, by the step that it came up in.
#pragma once

#include <boost/system/error_code.hpp>
#include <cstdint>

namespace rollcall {

enum class Step : std::uint8_t {
  begin,  // socket(), bind(), connect(), pipe(), spawn() itself: our own kernel speaks
  later,  // SO_ERROR after connect(), send(), recv(): what came by ICMP or from the member
};

/// own_host: nothing was found out of the member. path: a host on the way to it said so, or nobody
/// said anything. member: its own host answered.
enum class Fault : std::uint8_t { own_host, path, member };

Fault fault_of(Step step, int error) noexcept;
/// @return path for what is not an errno
Fault fault_of(Step step, const boost::system::error_code& error) noexcept;

/// True for what the kernel says when descriptors, memory or processes have run out: probes want
/// the room that tripwires take.
bool is_shortage(int error) noexcept;
bool is_shortage(const boost::system::error_code& error) noexcept;

}  // namespace rollcall
