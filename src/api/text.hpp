/// What a reply of the control socket looks like to a person.
#pragma once

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace rollcall::api {

struct ReplyText {
  bool ok = false;
  std::string text;  // lines with their ends: the status as aligned tables, a message, or the error
                     // with its diagnostics
};

/// @param reply one line of views.hpp
/// @return an error where the line is no reply
Result<ReplyText> reply_text(std::string_view reply);

}  // namespace rollcall::api
