/// What `rollcallctl secondaries` shows: how far each secondary of each zone is, as JSON and as
/// text.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"
#include "core/ip_address.hpp"
#include "dns/stored_name.hpp"

namespace rollcall::api {

struct SecondaryView {
  dns::StoredName zone;
  Endpoint address;
  std::string key = {};                            // its name; empty: none
  bool full = false;                               // its view: all records, live or not
  std::optional<std::uint32_t> ours = {};          // the serial of its view; nothing: none yet
  std::optional<std::uint32_t> acknowledged = {};  // the last one whose NOTIFY it has answered
  std::optional<std::uint32_t> serves = {};        // by its SOA, as it was asked last
  std::optional<Duration> lag = {};                // nothing: it serves ours, as far as known
  std::string transfer = {};                       // "whole", "changes", "up_to_date"; empty: none
  std::uint32_t transfer_serial = 0;
  std::string transfer_by = {};  // address and port
  Duration transferred{};        // how long ago
  std::string problem = {};      // the last one; empty: none
  Duration problem_age{};
};

/// {"ok":true,"secondaries":[{"zone":"mydomain.com","address":"192.0.2.11:53","key":"k",
///   "view":"live","ours":7,"acknowledged":7,"serves":6,"lag_ms":1500,"transfer":{"kind":"changes","serial":6,
///   "by":"192.0.2.11:40001","age_ms":9000},"error":"NOTIFY: no response","error_ms":4000}]}
/// "lag_ms" is 0 where it serves ours; null stands for what is not known or has not been.
std::string secondaries_reply(const std::vector<SecondaryView>& secondaries);

/// The text of such a list for people.
std::string secondaries_text(const boost::json::array& secondaries);

}  // namespace rollcall::api
