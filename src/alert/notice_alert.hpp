/// A notice of the roster as an alert: the words of a mail, and the JSON of a webhook.
#pragma once

#include <string>

#include "alert/alert.hpp"
#include "core/instant.hpp"
#include "pool/notice.hpp"

namespace rollcall::alert {

/// @param nameserver the name that this server gives itself; it begins the subject
/// @param now when it happened, in the body and in the JSON
/// @return an alert with its texts alone
Alert alert_of(const pool::Notice& notice, const std::string& nameserver, WallTime now);

}  // namespace rollcall::alert
