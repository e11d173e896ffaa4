/// What people are told, in the forms that the channels send.
#pragma once

#include <string>

#include "core/instant.hpp"

namespace rollcall::alert {

struct Alert {
  std::string subject;    // one line, UTF-8
  std::string body;       // UTF-8
  std::string json;       // for the webhook
  bool important = true;  // false: good news, the first to go when there are too many
  WallTime at{};          // set by channel::AlertSender::send()
  std::string id;         // the same, for ever unique: a mail that arrives twice has it twice
};

}  // namespace rollcall::alert
