#include "api/secondaries_view.hpp"

#include <gtest/gtest.h>

#include "api/text.hpp"

namespace rollcall::api {
namespace {

using namespace std::chrono_literals;

std::string secondaries_shown(const std::vector<SecondaryView>& secondaries) {
  const auto text = reply_text(secondaries_reply(secondaries));
  return text ? text->text : text.error().message;
}

SecondaryView good_secondary() {
  return {.zone = *dns::Name::parse("example.com"),
          .address = *Endpoint::parse("192.0.2.11:53"),
          .key = "bind",
          .ours = 7,
          .acknowledged = 7,
          .serves = 7,
          .transfer = "changes",
          .transfer_serial = 7,
          .transfer_by = "192.0.2.11:40001",
          .transferred = 125s};
}

TEST(SecondariesView, ShowsEachByZone) {
  SecondaryView behind = good_secondary();
  behind.address = *Endpoint::parse("192.0.2.12:53");
  behind.key.clear();
  behind.serves = 6;
  behind.lag = 3s;
  behind.transfer.clear();
  behind.problem = "NOTIFY: no response";
  behind.problem_age = 1s;
  EXPECT_EQ(secondaries_shown({good_secondary(), behind}),
            "example.com  serial 7\n"
            "  192.0.2.11:53  key bind  in step\n"
            "    NOTIFY acknowledged up to serial 7\n"
            "    last transfer: changes up to serial 7, 2m ago, by 192.0.2.11:40001\n"
            "  192.0.2.12:53  BEHIND for 3s, serves serial 6\n"
            "    NOTIFY acknowledged up to serial 7\n"
            "    last error: NOTIFY: no response, 1s ago");
}

TEST(SecondariesView, WhatIsNotKnownIsNullAndSaidSo) {
  SecondaryView unheard{.zone = *dns::Name::parse("example.com"),
                        .address = *Endpoint::parse("[2001:db8::1]:53"),
                        .ours = 7,
                        .lag = 90s};
  EXPECT_EQ(secondaries_shown({unheard}),
            "example.com  serial 7\n"
            "  [2001:db8::1]:53  BEHIND for 1m, serves an unknown serial");
  EXPECT_EQ(secondaries_reply({unheard}),
            R"({"ok":true,"secondaries":[{"zone":"example.com","address":"[2001:db8::1]:53",)"
            R"("key":"","view":"live","ours":7,"acknowledged":null,"serves":null,"lag_ms":90000,)"
            R"("transfer":null,"error":null,"error_ms":null}]})");
}

TEST(SecondariesView, TheFullViewHasASerialOfItsOwn) {
  SecondaryView full = good_secondary();
  full.full = true;
  full.ours = 5;
  full.serves = 5;
  full.transfer.clear();
  EXPECT_EQ(secondaries_shown({full}),
            "example.com\n"
            "  192.0.2.11:53  key bind  full view, serial 5  in step\n"
            "    NOTIFY acknowledged up to serial 7");
}

TEST(SecondariesView, OfNone) {
  EXPECT_EQ(secondaries_shown({}), "no secondaries");
}

}  // namespace
}  // namespace rollcall::api
