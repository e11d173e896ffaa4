#include "rfc/conversation.hpp"

#include <stdexcept>

#include "dns/encoding.hpp"

namespace rollcall::rfc {
namespace {

std::string without_blanks(std::string_view digits) {
  std::string text(digits);
  std::erase_if(text, [](char c) { return c == ' ' || c == '\n'; });
  return text;
}

/// The response to the question for the record's type at its owner.
Response answered(const std::string& record) {
  const auto type = dns::parse_type(record.substr(0, record.find(' ')));
  if (!type) throw std::runtime_error("the record does not begin with its type");
  const Server server("r " + record + "\n");
  return server.ask({.name = "r.example.com", .type = *type}, Transport::tcp);
}

}  // namespace

Octets octets(std::string_view digits) {
  Octets out;
  if (!dns::from_hex(without_blanks(digits), out)) throw std::runtime_error("not hexadecimal");
  return out;
}

std::string hex(Bytes octets) {
  return dns::to_hex(octets);
}

std::string hex(std::string_view digits) {
  return hex(octets(digits));
}

std::string to_text(const Response& response) {
  static constexpr std::pair<std::uint16_t, const char*> kFlags[] = {
      {0x0400, " AA"}, {0x0200, " TC"}, {0x0100, " RD"}, {0x0080, " RA"},
      {0x0040, " Z"},  {0x0020, " AD"}, {0x0010, " CD"}};
  std::string text = dns::rcode_name(static_cast<Rcode>(response.rcode));
  for (const auto& [bit, name] : kFlags) text += (response.flags & bit) != 0 ? name : "";
  if ((response.flags & dns::flag::kQr) == 0) text += " (QR is 0)";
  if (response.opt) text += (response.opt->flags & 0x8000) != 0 ? " EDNS DO" : " EDNS";
  if (response.tsig) text += " TSIG";
  const auto list = [&text](const char* section, const std::vector<std::string>& lines) {
    for (const std::string& line : lines) text.append(section).append(line);
  };
  list("\nQUESTION ", response.question);
  list("\nANSWER ", response.answer);
  list("\nAUTHORITY ", response.authority);
  list("\nADDITIONAL ", response.additional);
  return text + "\n";
}

Server::Server(std::string_view records, answer::ResponderOptions options)
    : Server(std::vector<ZoneText>{{.origin = "example.com",
                                    .text = std::string(kApex).append(records)}},
             std::move(options), {}) {}

Server::Server(const std::vector<ZoneText>& zones, answer::ResponderOptions options,
               std::vector<dns::TsigKey> keys)
    : catalog_(answer::load_catalog(zones, std::move(keys))), responder_(std::move(options)) {}

Octets Server::reply(const Octets& packet, Transport transport) const {
  Octets out(dns::kMaxMessageSize);
  Random random(1);
  out.resize(
      responder_.answer(catalog_, packet, out, {transport, client.octets(), now}, random).size);
  return out;
}

std::string Server::says(const std::string& name, Type type) const {
  return to_text(
      ask({.name = name, .type = type, .edns_size = std::nullopt, .flags = 0}, Transport::udp));
}

std::string wire(const std::string& record) {
  const Response response = answered(record);
  return response.rdata.empty() ? "" : hex(response.rdata.front());
}

std::string shown(const std::string& record) {
  const Response response = answered(record);
  if (response.answer.empty()) return "";
  const std::string& line = response.answer.front();
  return line.substr(line.find("300 ") + 4);
}

std::vector<std::string> said(std::string_view records) {
  return zone::lines(zone::load_text("example.com", std::string(kApex).append(records)));
}

}  // namespace rollcall::rfc
