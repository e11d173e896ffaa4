/// What every test of an RFC section is made of: a server with zones from text, a question as
/// octets, and the whole response as text.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "answer/served_zones.hpp"
#include "zone/zone_text.hpp"

namespace rollcall::rfc {

using answer::as_read;
using answer::kClient;
using answer::kNow;
using answer::make_query;
using answer::name_of;
using answer::Octets;
using answer::Question;
using answer::Response;
using answer::Transport;
using answer::ZoneText;
using dns::Class;
using dns::EdnsOption;
using dns::Rcode;
using dns::Type;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

/// Octets from hexadecimal digits, blanks as one likes.
Octets octets(std::string_view digits);
/// Octets as hexadecimal digits, as GTest shows them best.
std::string hex(Bytes octets);
/// The same digits without blanks, in upper case.
std::string hex(std::string_view digits);

/// A whole response, a line for the header and one for each question and record:
///   "NOERROR AA RD EDNS\n"
///   "QUESTION www.example.com. A IN\n"
///   "ANSWER www.example.com. 300 A 192.0.2.2\n"
std::string to_text(const Response& response);

/// A server, by default of example.com: kApex and what is given.
class Server {
 public:
  explicit Server(std::string_view records, answer::ResponderOptions options = {});
  Server(const std::vector<ZoneText>& zones, answer::ResponderOptions options,
         std::vector<dns::TsigKey> keys);

  /// The octets that come back; none for silence.
  Octets reply(const Octets& packet, Transport transport = Transport::udp) const;
  Response ask(const Octets& packet, Transport transport = Transport::udp) const {
    return answer::read_response(reply(packet, transport));
  }
  Response ask(const Question& question, Transport transport = Transport::udp) const {
    return ask(make_query(question), transport);
  }
  /// The whole response to a plain question without EDNS and RD.
  std::string says(const std::string& name, Type type = Type::A) const;

  const zone::Catalog& catalog() const { return catalog_; }
  const zone::Zone& zone() const { return *catalog_.entry(0).zone; }
  /// Who asks, and when.
  IpAddress client = kClient;
  WallTime now = kNow;

 private:
  zone::Catalog catalog_;
  answer::Responder responder_;
};

/// A server of other zones.
inline Server server_of(const std::vector<ZoneText>& zones, answer::ResponderOptions options = {},
                        std::vector<dns::TsigKey> keys = {}) {
  return Server(zones, std::move(options), std::move(keys));
}

/// What every zone that is not an RFC's own begins with.
inline constexpr std::string_view kApex =
    "$TTL 300\n@ SOA ns root 7 3600 600 86400 60\n@ NS ns\nns A 192.0.2.1\n";
/// The SOA of kApex as negative answers have it.
inline constexpr std::string_view kDenial =
    "AUTHORITY example.com. 60 SOA ns.example.com. root.example.com. 7 3600 600 86400 60\n";

/// The RDATA that is served for a record written as "TYPE RDATA", as hexadecimal digits.
std::string wire(const std::string& record);
/// The same in presentation format.
std::string shown(const std::string& record);
/// What the loader says of example.com with these records behind kApex, place and all; empty where
/// nothing is wrong. Line 5 is the first.
std::vector<std::string> said(std::string_view records);

}  // namespace rollcall::rfc
