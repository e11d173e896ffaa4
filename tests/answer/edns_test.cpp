/// EDNS options and CHAOS names, through the whole responder.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "answer/served_zones.hpp"

namespace rollcall::answer {
namespace {

using dns::EdnsOption;
using dns::Rcode;
using dns::Type;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// A query whose OPT holds one option.
Octets query_with(EdnsOption code, const Octets& value) {
  return make_query({.name = "www.example.com", .options = {{code, value}}});
}

class EdnsTest : public testing::Test {
 protected:
  zone::Catalog catalog_ = load_catalog(
      {{"example.com",
        "$TTL 1\n@ SOA ns root 1 2 3 4 5\n@ NS ns\nns A 192.0.2.1\nwww A 192.0.2.2\n"}});
  ResponderOptions options_{.nsid = "ns1", .chaos = {"Rollcall test", "ns1"}};
  Octets out_ = Octets(dns::kMaxMessageSize);

  Bytes respond(const Octets& query, Transport transport = Transport::udp) {
    Random random(1);
    const std::size_t size =
        Responder(options_)
            .answer(catalog_, query, out_, {transport, kClient.octets(), kNow}, random)
            .size;
    return Bytes(out_).first(size);
  }

  static std::optional<Octets> option(Bytes response, EdnsOption code) {
    return read_response(response).option(code);
  }
};

TEST_F(EdnsTest, GivesItsIdentifierToWhoAsks) {
  const Octets nsid{'n', 's', '1'};
  EXPECT_EQ(option(respond(query_with(EdnsOption::nsid, {})), EdnsOption::nsid), nsid);
  EXPECT_EQ(option(respond(make_query({.name = "www.example.com"})), EdnsOption::nsid),
            std::nullopt);
}

TEST_F(EdnsTest, AnswersACookieWithOneOfItsOwn) {
  const Octets client{1, 2, 3, 4, 5, 6, 7, 8};
  const auto cookie = option(respond(query_with(EdnsOption::cookie, client)), EdnsOption::cookie);
  ASSERT_TRUE(cookie);
  ASSERT_EQ(cookie->size(), kClientCookieSize + kServerCookieSize);
  EXPECT_TRUE(std::equal(client.begin(), client.end(), cookie->begin()));
  EXPECT_TRUE(valid_server_cookie(client, Bytes(*cookie).subspan(kClientCookieSize),
                                  kClient.octets(), kNow, options_.cookie_secret));
}

TEST_F(EdnsTest, AnswersAStaleCookieWithAFreshOneAndTheAnswer) {
  Octets both(24, 9);
  const Bytes response = respond(query_with(EdnsOption::cookie, both));
  EXPECT_EQ(read_response(response).answer.size(), 1U);
  EXPECT_NE(option(response, EdnsOption::cookie), both);
}

TEST_F(EdnsTest, CallsACookieOfAWrongSizeAFormerr) {
  for (const std::size_t size : {0, 7, 9, 15, 41}) {  // RFC 7873 section 5.2.2
    EXPECT_EQ(read_response(respond(query_with(EdnsOption::cookie, Octets(size)))).rcode,
              static_cast<unsigned>(Rcode::formerr))
        << size;
  }
}

TEST_F(EdnsTest, TellsItsIdleLimitOverTcpAlone) {
  const Octets query = query_with(EdnsOption::tcp_keepalive, {});
  EXPECT_EQ(option(respond(query, Transport::tcp), EdnsOption::tcp_keepalive), (Octets{0, 100}));
  EXPECT_EQ(option(respond(query), EdnsOption::tcp_keepalive), std::nullopt);
}

TEST_F(EdnsTest, SkipsOptionsThatItDoesNotKnow) {
  EXPECT_EQ(
      read_response(respond(query_with(static_cast<EdnsOption>(65001), {1, 2}))).answer.size(), 1U);
}

TEST_F(EdnsTest, SaysWhyItRefuses) {
  const auto reason = [&](const zone::Catalog& catalog, const char* name) {
    catalog_ = catalog;
    return option(respond(make_query({.name = name})), EdnsOption::extended_error);
  };
  const zone::Catalog one = catalog_;
  EXPECT_EQ(reason(one, "www.example.net"), (Octets{0, 20}));
  EXPECT_EQ(reason(one, "www.example.com"), std::nullopt);
  EXPECT_EQ(reason(zone::Catalog({{name_of("example.com")}}), "example.com"), (Octets{0, 14}));
  EXPECT_EQ(
      reason(zone::Catalog({{name_of("example.com"), nullptr, nullptr, true}}), "example.com"),
      (Octets{0, 24}));
}

TEST_F(EdnsTest, SaysOfItselfWhatItIsLetTo) {
  const auto chaos = [&](const char* name, Type type = Type::TXT) {
    return read_response(
        respond(make_query({.name = name, .type = type, .qclass = dns::Class::CH})));
  };
  EXPECT_THAT(chaos("version.bind").answer, ElementsAre("version.bind. 0 TXT \"Rollcall test\""));
  EXPECT_THAT(chaos("VERSION.server").answer,
              ElementsAre("VERSION.server. 0 TXT \"Rollcall test\""));
  EXPECT_THAT(chaos("id.server").answer, ElementsAre("id.server. 0 TXT \"ns1\""));
  EXPECT_THAT(chaos("hostname.bind").answer, ElementsAre("hostname.bind. 0 TXT \"ns1\""));
  EXPECT_THAT(chaos("id.server", Type::A).answer, IsEmpty());
  EXPECT_EQ(chaos("authors.bind").rcode, static_cast<unsigned>(Rcode::refused));
  options_.chaos = {};
  EXPECT_EQ(chaos("version.bind").rcode, static_cast<unsigned>(Rcode::refused));
}

TEST_F(EdnsTest, AnswersAnyInFullWhereItIsTold) {
  options_.any = AnyAnswer::all;
  const Response r = read_response(respond(make_query({.name = "example.com", .type = Type::ANY})));
  EXPECT_THAT(r.answer, ::testing::UnorderedElementsAre(
                            "example.com. 1 SOA ns.example.com. root.example.com. 1 2 3 4 5",
                            "example.com. 1 NS ns.example.com."));
}

}  // namespace
}  // namespace rollcall::answer
