/// The messages of a transfer as a primary sends them, put together record by record, and what
/// comes of them in words.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "dns/rdata_text.hpp"
#include "transfer/incoming.hpp"

namespace rollcall::transfer {

inline constexpr std::uint16_t kSentId = 0x1234;
inline const WallTime kSentAt{std::chrono::seconds(1'700'000'000)};

inline dns::Name sent_name(std::string_view text, std::string_view origin = "example.com") {
  return dns::Name::parse(text, *dns::Name::parse(origin)).value();
}

class SentMessage {
 public:
  explicit SentMessage(dns::Type type, std::string origin = "example.com",
                       std::uint16_t id = kSentId)
      : origin_(std::move(origin)), octets_(dns::kHeaderSize) {
    store_u16(octets_.data(), id);
    store_u16(octets_.data() + dns::header::kFlags, dns::flag::kQr | dns::flag::kAa);
    store_u16(octets_.data() + dns::header::kQdcount, 1);
    name("@");
    u16(static_cast<unsigned>(type));
    u16(static_cast<unsigned>(dns::Class::IN));
  }
  /// Without a question, as messages after the first may be.
  static SentMessage later(std::string origin = "example.com") {
    SentMessage message(dns::Type::AXFR, std::move(origin));
    message.octets_.resize(dns::kHeaderSize);
    store_u16(message.octets_.data() + dns::header::kQdcount, 0);
    return message;
  }

  /// @param line "www A 192.0.2.1"; a TTL of 60 seconds
  SentMessage& add(const std::string& line, dns::Class rclass = dns::Class::IN,
                   std::uint32_t ttl = 60) {
    const std::vector<std::string> words = words_of(line);
    const dns::Type type = dns::parse_type(words[1]).value();
    std::vector<dns::Word> rest;
    for (std::size_t i = 2; i < words.size(); ++i) rest.push_back({words[i], false});
    std::vector<std::uint8_t> rdata;
    EXPECT_TRUE(dns::parse_rdata(type, rest, sent_name("@", origin_), rdata)) << line;
    return raw(words[0], type, rclass, ttl, rdata);
  }
  SentMessage& raw(const std::string& owner, dns::Type type, dns::Class rclass, std::uint32_t ttl,
                   Bytes rdata) {
    count(dns::header::kAncount);
    name(owner);
    u16(static_cast<unsigned>(type));
    u16(static_cast<unsigned>(rclass));
    u16(ttl >> 16);
    u16(ttl & 0xffff);
    u16(static_cast<unsigned>(rdata.size()));
    octets_.insert(octets_.end(), rdata.begin(), rdata.end());
    return *this;
  }
  SentMessage& soa(std::uint32_t serial) {
    return add("@ SOA ns1 root " + std::to_string(serial) + " 2 3 4 5");
  }
  SentMessage& flags(unsigned value) {
    store_u16(octets_.data() + dns::header::kFlags, static_cast<std::uint16_t>(value));
    return *this;
  }
  std::vector<std::uint8_t>& octets() { return octets_; }

 private:
  static std::vector<std::string> words_of(const std::string& line) {
    std::vector<std::string> words;
    for (std::size_t at = 0; at < line.size();) {
      const std::size_t end = std::min(line.find(' ', at), line.size());
      words.push_back(line.substr(at, end - at));
      at = end + 1;
    }
    return words;
  }
  void u16(unsigned value) {
    octets_.push_back(static_cast<std::uint8_t>(value >> 8));
    octets_.push_back(static_cast<std::uint8_t>(value));
  }
  void name(const std::string& text) {
    const dns::Name name = sent_name(text, origin_);
    octets_.insert(octets_.end(), name.wire().begin(), name.wire().end());
  }
  void count(std::size_t at) {
    store_u16(octets_.data() + at, static_cast<std::uint16_t>(load_u16(octets_.data() + at) + 1));
  }

  std::string origin_;
  std::vector<std::uint8_t> octets_;
};

inline std::string in_words(const Incoming& content) {
  if (const auto* same = std::get_if<UpToDate>(&content)) {
    return "up to date at " + std::to_string(same->serial) + "\n";
  }
  if (const auto* whole = std::get_if<WholeZone>(&content)) return whole->text;
  std::string text;
  for (const ChangeStep& step : std::get<Changes>(content)) {
    text += std::to_string(step.from) + " to " + std::to_string(step.to) + "\n";
    for (const auto* records : {&step.edit.remove, &step.edit.add}) {
      for (const edit::EditRecord& record : *records) {
        if (record.type == dns::Type::SOA) continue;
        text += (records == &step.edit.add ? "+ " : "- ") + record.owner.to_text() + " " +
                dns::type_name(record.type) + " " + dns::rdata_to_text(record.type, record.rdata) +
                "\n";
      }
    }
  }
  return text;
}

/// What comes of the messages: the content, the error, or "unfinished".
/// @param serial that we have: IXFR; nothing: AXFR
inline std::string received(std::vector<SentMessage> messages,
                            std::optional<std::uint32_t> serial = {},
                            const std::string& origin = "example.com") {
  IncomingTransfer transfer({sent_name("@", origin), kSentId, serial}, {});
  for (SentMessage& message : messages) {
    const Result<bool> done = transfer.take(message.octets(), kSentAt);
    if (!done) return done.error().message;
    if (*done) return in_words(std::move(transfer).content());
  }
  return "unfinished";
}

}  // namespace rollcall::transfer
