/// What is known of each kind of notice: a new kind is one row here, and one sentence in
/// notice_text.cpp.
#pragma once

#include <cstdint>

#include "pool/notice.hpp"

namespace rollcall::pool {

enum class NoticeLevel : std::uint8_t { info, warning, error, critical };

/// "info", "warning", "error", "critical"
const char* to_string(NoticeLevel level);

/// What a notice does to a problem.
enum class Course : std::uint8_t {
  happens,  // neither: it is over once it is told
  begins,
  ends,
};

struct NoticeTraits {
  const char* word;  // in JSON: "dropped"
  NoticeLevel level = NoticeLevel::info;
  Course course = Course::happens;
  NoticeKind problem{};  // the kind that begins the problem which this is about
  const char* many;      // of several members, pools or zones: "3 members down"
};

NoticeTraits traits_of(NoticeKind kind);

}  // namespace rollcall::pool
