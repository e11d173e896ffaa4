#include "dns/message_reader.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "core/random.hpp"

namespace rollcall::dns {
namespace {

using Octets = std::vector<std::uint8_t>;

/// A message that is put together piece by piece.
class Message {
 public:
  explicit Message(std::array<std::uint16_t, 4> counts) : octets_(4, 0) {
    for (const std::uint16_t count : counts) u16(count);
  }
  Message& name(std::string_view text) {
    const Name wire = Name::parse(text).value();
    return bytes(wire.wire());
  }
  Message& u16(unsigned value) {
    octets_.push_back(static_cast<std::uint8_t>(value >> 8));
    octets_.push_back(static_cast<std::uint8_t>(value));
    return *this;
  }
  Message& bytes(Bytes more) {
    octets_.insert(octets_.end(), more.begin(), more.end());
    return *this;
  }
  /// TYPE, CLASS IN, a TTL of 60, RDLENGTH and RDATA.
  Message& fixed(Type type, const Octets& rdata) {
    u16(static_cast<unsigned>(type)).u16(1).u16(0).u16(60);
    return u16(static_cast<unsigned>(rdata.size())).bytes(rdata);
  }
  const Octets& octets() const { return octets_; }

 private:
  Octets octets_;
};

constexpr std::uint8_t kToQuestion[] = {0xc0, kHeaderSize};

/// www.example.com A: an address, a CNAME whose target is compressed, a SOA, and OPT.
Message response() {
  Message made({1, 2, 1, 1});
  made.name("www.example.com").u16(1).u16(1);
  made.bytes(kToQuestion).fixed(Type::A, {192, 0, 2, 1});
  made.name("x.").fixed(Type::CNAME, {1, 'y', 0xc0, kHeaderSize + 4});
  Octets soa{0xc0, kHeaderSize + 4, 0xc0, kHeaderSize};
  for (const std::uint8_t number : {7, 1, 1, 1, 1}) soa.insert(soa.end(), {0, 0, 0, number});
  made.bytes(Octets{0xc0, kHeaderSize + 4}).fixed(Type::SOA, soa);
  return made.bytes(Octets{0}).fixed(Type::OPT, {});
}

TEST(DecodeQuestion, ReadsNameTypeAndClass) {
  const Octets message = response().octets();
  const auto question = decode_question(message);
  ASSERT_TRUE(question);
  EXPECT_EQ(question->name, Name::parse("WWW.example.com").value());
  EXPECT_EQ(question->type, Type::A);
  EXPECT_EQ(question->qclass, Class::IN);
  EXPECT_EQ(question->end, kHeaderSize + 17 + 4);
  for (std::size_t size = kHeaderSize; size < question->end; ++size) {
    EXPECT_FALSE(decode_question(Bytes(message).first(size))) << size;
  }
}

TEST(RecordReader, WalksOverAllSections) {
  const Octets message = response().octets();
  RecordReader records(message, decode_question(message)->end);
  WireRecord record;
  std::vector<std::pair<Type, Section>> seen;
  while (records.next(record)) {
    seen.emplace_back(record.type, record.section);
    EXPECT_EQ(record.ttl, 60U);
    EXPECT_EQ(record.rclass, Class::IN);
    EXPECT_EQ(record.last, record.type == Type::OPT);
  }
  EXPECT_EQ(seen, (std::vector<std::pair<Type, Section>>{{Type::A, Section::answer},
                                                         {Type::CNAME, Section::answer},
                                                         {Type::SOA, Section::authority},
                                                         {Type::OPT, Section::additional}}));
  EXPECT_TRUE(records.ok());
  EXPECT_EQ(records.left(), 0U);
}

TEST(RecordReader, StopsAtWhatIsBroken) {
  const Octets message = response().octets();
  const std::size_t at = decode_question(message)->end;
  for (std::size_t size = at; size < message.size(); ++size) {
    RecordReader records(Bytes(message).first(size), at);
    WireRecord record;
    while (records.next(record)) EXPECT_LE(record.end(), size);
    EXPECT_FALSE(records.ok()) << size;
    EXPECT_FALSE(records.next(record)) << "it stays there";
  }
}

TEST(RecordReader, SaysWhatNoCountCovers) {
  Octets message = response().octets();
  message.push_back(0);
  RecordReader records(message, decode_question(message)->end);
  for (WireRecord record; records.next(record);) {
  }
  EXPECT_TRUE(records.ok());
  EXPECT_EQ(records.left(), 1U);
}

TEST(RecordReader, NoOctetsLeadBeyondTheMessage) {
  Random random(7);
  for (int round = 0; round < 20'000; ++round) {
    Octets message(kHeaderSize + random.below(60));
    for (std::uint8_t& octet : message) octet = static_cast<std::uint8_t>(random.below(5) * 48);
    RecordReader records(message, kHeaderSize);
    for (WireRecord record; records.next(record);) {
      ASSERT_LE(record.end(), message.size());
      plain_rdata(message, record);
      serial_of(record);
    }
  }
}

TEST(PlainRdata, HasWholeNames) {
  const Octets message = response().octets();
  RecordReader records(message, decode_question(message)->end);
  WireRecord record;
  ASSERT_TRUE(records.next(record));
  EXPECT_EQ(plain_rdata(message, record), (Octets{192, 0, 2, 1}));
  ASSERT_TRUE(records.next(record));
  const Name target = Name::parse("y.example.com").value();
  EXPECT_EQ(plain_rdata(message, record), Octets(target.wire().begin(), target.wire().end()));
  ASSERT_TRUE(records.next(record));
  EXPECT_EQ(plain_rdata(message, record)->size(), 13U + 17U + 20U);
  EXPECT_EQ(serial_of(record), 7U);
}

TEST(PlainRdata, HasTheFormOfItsType) {
  const auto read = [](Type type, const Octets& rdata) {
    Message made({0, 1, 0, 0});
    made.name("a.").fixed(type, rdata);
    const auto record = read_record(made.octets(), kHeaderSize);
    return record ? plain_rdata(made.octets(), *record) : std::nullopt;
  };
  EXPECT_TRUE(read(Type::A, {192, 0, 2, 1}));
  EXPECT_FALSE(read(Type::A, {192, 0, 2}));
  EXPECT_FALSE(read(Type::A, {192, 0, 2, 1, 9}));
  EXPECT_FALSE(read(Type::MX, {0, 10}));
  EXPECT_FALSE(read(Type::CNAME, {1, 'y', 0xc0})) << "the pointer ends in the next record";
  EXPECT_TRUE(read(static_cast<Type>(65280), {1, 2, 3})) << "RFC 3597: any octets";
}

}  // namespace
}  // namespace rollcall::dns
