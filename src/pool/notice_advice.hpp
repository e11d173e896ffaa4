/// What a message says after the facts: what Rollcall does next, and what a person can do.
#pragma once

#include <string>

#include "pool/notice.hpp"

namespace rollcall::pool {

/// "it is answered again when its probes succeed"; empty: nothing follows.
std::string next_of(const Notice& notice);
/// A command to look or to act: "rollcallctl status --pool www.example.com"; may be empty.
std::string command_of(const Notice& notice);

}  // namespace rollcall::pool
