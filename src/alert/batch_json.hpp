/// A batch as JSON: what a webhook without a template gets, and a program on its standard input.
#pragma once

#include <string>

#include "alert/batch.hpp"

namespace rollcall::alert {

/// Notices that are listed; the others are counted in "more".
inline constexpr std::size_t kNoticesInJson = 500;

/// One line:
///   {"id":"...","nameserver":"ns1","time":"2026-11-30T15:21:08.000Z","level":"warning",
///    "subject":"...","text":"...","count":1,"reminder":false,"summary":false,
///    "notices":[{"kind":"dropped","status":"firing","level":"warning","subject":"...",
///      "detail":"...","next":"...","command":"...","time":"...","first":"...","changes":1,
///      "name":"www.example.com","member":"192.0.2.3","reason":"..."}],
///    "more":{"dropped":8000},"missed":{"count":2,"from":"...","to":"...","subjects":["..."]}}
/// Beside these a notice has the fields of its kind (pool::fields_of). "lasted_ms" is the duration
/// of a problem that is over, where it is known.
std::string json_of(const Batch& batch, const std::string& nameserver);

}  // namespace rollcall::alert
