#include "transport/listen_socket.hpp"

#include <gtest/gtest.h>

#include <cerrno>

namespace rollcall::transport {
namespace {

const Endpoint kNowhere{*IpAddress::parse("2001:db8::1"), 53};

TEST(ListenSocket, SaysWhatAnOperatorCanDo) {
  EXPECT_EQ(cannot_listen(kNowhere, "UDP", EADDRINUSE),
            "cannot listen on [2001:db8::1]:53 (UDP): Address already in use; is another server "
            "running there?");
  EXPECT_EQ(cannot_listen(kNowhere, "TCP", EACCES),
            "cannot listen on [2001:db8::1]:53 (TCP): Permission denied; ports below 1024 need "
            "root or CAP_NET_BIND_SERVICE");
  EXPECT_EQ(cannot_listen(kNowhere, "UDP", EADDRNOTAVAIL),
            "cannot listen on [2001:db8::1]:53 (UDP): Cannot assign requested address; for an "
            "address that appears later, set server.listen_when_absent to wait");
  EXPECT_EQ(cannot_listen(kNowhere, "UDP", ENOMEM),
            "cannot listen on [2001:db8::1]:53 (UDP): Cannot allocate memory");
}

TEST(ListenSocket, APortThatIsTakenIsAnError) {
  const auto first = listen_tcp({*IpAddress::parse("127.0.0.1"), 0});
  ASSERT_TRUE(first) << first.error().message;
  const std::string where = bound_address(*first);
  const auto second = listen_tcp(*Endpoint::parse(where));
  ASSERT_FALSE(second);
  EXPECT_TRUE(second.error().message.starts_with("cannot listen on " + where + " ("))
      << second.error().message;
  EXPECT_TRUE(second.error().message.ends_with("; is another server running there?"));
}

}  // namespace
}  // namespace rollcall::transport
