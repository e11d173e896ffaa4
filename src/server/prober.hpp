/// Probes: one coroutine each, from a roster's StartProbe to its ProbeDone.
#pragma once

#include <functional>

#include "roster/event.hpp"
#include "server/async.hpp"

namespace rollcall::server {

/// Runs the check once, within its timeout. Never throws but for cancellation.
/// @return the outcome, with a reason in words for a bad one
asio::awaitable<health::Outcome> probe(roster::StartProbe request);

}  // namespace rollcall::server
