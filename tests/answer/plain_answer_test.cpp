/// The short ways to an answer say to the octet what the long one says.
#include "answer/plain_answer.hpp"

#include <gtest/gtest.h>

#include "answer/recall.hpp"
#include "answer/resolve.hpp"
#include "served_zones.hpp"

namespace rollcall::answer {
namespace {

using dns::Type;

constexpr const char* kText = R"($TTL 60
@ SOA ns root 1 2 3 4 5
@ NS ns
@ MX 10 www
@ DS 1 8 2 00
@ TXT "apex"
ns A 192.0.2.1
www A 192.0.2.2
www A 192.0.2.3
www A 192.0.2.4
www AAAA 2001:db8::1
www AAAA 2001:db8::2
long TXT "one" "two three"
long TXT "of another size, so that the records differ"
alias CNAME www
d DNAME www
x.d A 192.0.2.9
*.wild A 192.0.2.5
sub NS ns.sub
ns.sub A 192.0.2.6
p PTR www
)";
constexpr const char* kChild =
    "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.7\n@ A 192.0.2.8\n";

class ShortWays : public testing::Test {
 protected:
  static constexpr std::uint64_t kSeed = 42;

  /// By resolve(), whatever the question.
  Octets long_way(const Octets& packet) {
    Request request;
    Responder::read(catalog_, packet, request);
    EXPECT_FALSE(request.error);
    const dns::Query& query = request.query;
    const std::size_t limit =
        query.edns.present ? std::clamp<std::size_t>(query.edns.udp_size, 512, 1232) : 512;
    Octets out(dns::kEdnsUdpSize);
    Random random(kSeed);
    ResponseWriter writer(out, limit, random);
    writer.begin(packet, query);
    const EdnsReply edns{.dnssec_ok = query.edns.dnssec_ok};
    if (query.edns.present) writer.reserve(edns.size());
    const zone::CatalogEntry* entry = find_zone(catalog_, query.name, query.type);
    if (entry == nullptr) throw std::logic_error("a test's own mistake: no zone has that name");
    const Resolution solved =
        resolve(catalog_, *entry->zone, request.query, AnyAnswer::hinfo, writer);
    if (query.edns.present) {
      writer.release(edns.size());
      writer.append_opt(edns, solved.rcode);
    }
    out.resize(writer.finish(query, solved.flags, solved.rcode));
    return out;
  }

  Octets plainly(const PlainRequest& request, PlainAnswer answer) {
    Octets out(dns::kEdnsUdpSize);
    Random random(kSeed);
    out.resize(write_plain_answer(request, answer, out, random));
    return out;
  }

  /// What the responder says, by whatever way it takes.
  Octets answer(const Octets& packet) {
    Octets out(dns::kEdnsUdpSize);
    Random random(kSeed);
    out.resize(responder_.answer(catalog_, packet, out, Asker{}, random).size);
    return out;
  }

  /// Reads the packet and keeps it.
  void keep(const Octets& packet) {
    Request request;
    Responder::read(catalog_, packet, request);
    Responder::fetch(request);
    recall_.keep(request);
  }

  zone::Catalog catalog_ =
      load_catalog({{.origin = "example.com", .text = kText, .pools = {"www.example.com"}},
                    {.origin = "child.example.com", .text = kChild}});
  Responder responder_{{}};
  Recall recall_;
};

constexpr const char* kNames[] = {"www",    "WWW",    "long", "alias",  "d",     "x.d",
                                  "a.wild", "*.wild", "sub",  "ns.sub", "child", "ns.child",
                                  "wild",   "none",   "p",    "ns"};
constexpr Type kTypes[] = {Type::A,  Type::AAAA, Type::TXT, Type::CNAME, Type::DNAME, Type::MX,
                           Type::NS, Type::SOA,  Type::DS,  Type::PTR,   Type::ANY};

TEST_F(ShortWays, AnswerAsTheLongOne) {
  unsigned plain = 0, recalled = 0;
  for (const char* name : kNames) {
    for (const Type type : kTypes) {
      for (const std::optional<std::uint16_t> edns_size :
           {std::optional<std::uint16_t>(), std::optional<std::uint16_t>(100),
            std::optional<std::uint16_t>(1232)}) {
        for (const std::uint16_t flags : {std::uint16_t{0}, dns::flag::kRd, dns::flag::kCd}) {
          const Octets packet = make_query({.name = std::string(name) + ".example.com",
                                            .type = type,
                                            .edns_size = edns_size,
                                            .flags = flags,
                                            .opt_ttl = flags == 0 ? 0x8000U : 0});
          const Octets expected = long_way(packet);
          EXPECT_EQ(answer(packet), expected) << name << ' ' << dns::type_name(type);
          keep(packet);
          PlainRequest request;
          const PlainAnswer found = recall_.find(packet, request);
          Request read;
          Responder::read(catalog_, packet, read);
          Responder::fetch(read);
          EXPECT_EQ(find_plain_answer(read).rrset, found.rrset)
              << name << ' ' << dns::type_name(type);
          plain += find_plain_answer(read) ? 1 : 0;
          if (!found) continue;
          ++recalled;
          EXPECT_EQ(plainly(request, found), expected) << name << ' ' << dns::type_name(type);
        }
      }
    }
  }
  EXPECT_EQ(plain, recalled);
  // A and AAAA of www in letters of either case; A of child, ns.child, ns and *.wild; TXT of long,
  // CNAME of alias, DNAME of d, PTR of p: in three shapes of EDNS with three sets of flags.
  EXPECT_EQ(plain, 12U * 9);
}

TEST_F(ShortWays, ADeadRecordIsLeftOutAtOnce) {
  const Octets packet = make_query({.name = "www.example.com"});
  keep(packet);
  const zone::Zone& zone = *catalog_.entry(0).zone;
  const auto www = std::ranges::find_if(zone.watched(), [](const zone::WatchedRrset& rrset) {
    return rrset.owner == name_of("www.example.com") && rrset.type == Type::A;
  });
  ASSERT_NE(www, zone.watched().end());
  PlainRequest request;
  std::uint32_t serial = 1;
  for (const std::uint64_t mask : {0b111U, 0b101U, 0b010U}) {
    zone.watch_table().apply(std::vector<zone::MaskChange>{{www->id, mask}}, ++serial);
    const PlainAnswer found = recall_.find(packet, request);
    ASSERT_TRUE(found);
    EXPECT_EQ(plainly(request, found), long_way(packet)) << mask;
  }
  zone.watch_table().apply(std::vector<zone::MaskChange>{{www->id, 0}}, ++serial);
  EXPECT_TRUE(plainly(request, recall_.find(packet, request)).empty());
  EXPECT_EQ(answer(packet), long_way(packet));
}

TEST_F(ShortWays, WhatIsMoreThanAQuestionIsNotRecalled) {
  const Question question{.name = "www.example.com"};
  const Octets packet = make_query(question);
  keep(packet);
  PlainRequest request;
  ASSERT_TRUE(recall_.find(packet, request));

  Question with_option = question;
  with_option.options = {{dns::EdnsOption::nsid, {}}};
  Question other_version = question;
  other_version.opt_ttl = 0x10000;
  for (const Question& other : {with_option, other_version}) {
    EXPECT_FALSE(recall_.find(make_query(other), request));
  }
  for (const std::size_t at : {2U, 5U, 7U, 9U, 11U}) {  // QR and OPCODE, the four counts
    Octets changed = packet;
    changed[at] ^= at == 2 ? 0x80 : 0x02;
    EXPECT_FALSE(recall_.find(changed, request)) << at;
  }
  for (std::size_t size = 0; size < packet.size(); ++size) {
    EXPECT_FALSE(recall_.find(Bytes(packet).first(size), request)) << size;
  }
  Octets longer = packet;
  longer.push_back(0);
  EXPECT_FALSE(recall_.find(longer, request));
}

TEST_F(ShortWays, OneInEightIsKept) {
  const Octets packet = make_query({.name = "www.example.com"});
  Request read;
  Responder::read(catalog_, packet, read);
  Responder::fetch(read);
  PlainRequest request;
  for (int i = 1; i < 8; ++i) {
    recall_.offer(read);
    EXPECT_FALSE(recall_.find(packet, request)) << i;
  }
  recall_.offer(read);
  EXPECT_TRUE(recall_.find(packet, request));
  recall_.clear();
  EXPECT_FALSE(recall_.find(packet, request));
}

TEST_F(ShortWays, NamesOfEveryLengthAreAnsweredAndThoseThatFitAreRecalled) {
  std::string text = "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
  for (std::size_t size = 1; size <= 63; ++size) {
    text += std::string(size, 'n') + " A 192.0.2.9\n";
  }
  catalog_ = load_catalog({{.origin = "a.b", .text = text}});
  for (std::size_t size = 1; size <= 63; ++size) {
    const Octets packet = make_query({.name = std::string(size, 'n') + ".a.b"});
    const Octets expected = long_way(packet);
    EXPECT_EQ(expected[7], 1) << size;
    EXPECT_EQ(answer(packet), expected) << size;
    keep(packet);
    PlainRequest request;
    const PlainAnswer found = recall_.find(packet, request);
    const std::size_t question = 1 + size + 5 + 4;  // label, "a.b", type and class
    EXPECT_EQ(static_cast<bool>(found), question <= 47) << size;
    if (!found) continue;
    EXPECT_EQ(plainly(request, found), expected) << size;
  }
}

TEST_F(ShortWays, WhatDoesNotFitIsTruncatedByTheLongOne) {
  std::string text = "$TTL 60\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";
  for (int i = 0; i < 60; ++i) text += "www A 198.51.100." + std::to_string(i) + "\n";
  catalog_ = load_catalog({{.origin = "a.b", .text = text}});
  const std::size_t whole = 12 + 13 + 60 * 16;
  for (const std::uint16_t size : {512, 600, 995, 996, 997, 1231, 1232, 1233, 4096}) {
    const Octets packet = make_query({.name = "www.a.b", .edns_size = size});
    const Octets expected = long_way(packet);
    EXPECT_EQ(expected.size() == whole + 11, size >= whole + 11) << size;
    EXPECT_EQ(answer(packet), expected) << size;
    keep(packet);
    PlainRequest request;
    const PlainAnswer found = recall_.find(packet, request);
    ASSERT_TRUE(found);
    EXPECT_EQ(plainly(request, found), size >= whole + 11 ? expected : Octets{}) << size;
  }
}

TEST_F(ShortWays, WrongAndSignedRequestsAreNotKept) {
  Octets signed_request = make_query({.name = "www.example.com", .edns_size = std::nullopt});
  signed_request[11] = 1;
  const Octets tsig{0, 0, 250, 0, 255, 0, 0, 0, 0, 0, 0};
  signed_request.insert(signed_request.end(), tsig.begin(), tsig.end());
  Octets wrong = make_query({.name = "www.example.com"});
  wrong.push_back(0);
  for (const Octets& packet : {signed_request, wrong}) keep(packet);
  PlainRequest request;
  EXPECT_FALSE(recall_.find(make_query({.name = "www.example.com"}), request));
}

}  // namespace
}  // namespace rollcall::answer
