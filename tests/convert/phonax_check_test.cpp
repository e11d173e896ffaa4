#include "convert/phonax_check.hpp"

#include "convert/converted.hpp"

namespace rollcall::convert {
namespace {

/// The settings of one line as YAML, or why there are none.
std::string settings_of(const std::string& line) {
  const Surroundings machine{.read_file = {}, .service_port = [](const std::string& name) {
                               return name == "unheard" ? std::nullopt
                                                        : std::optional<std::uint16_t>(1);
                             }};
  const auto check = read_phonax_check(line, {});
  if (!check) return check.error().message;
  const auto made = check_settings(*check, machine);
  return made ? made->name + " " + yaml_line(made->settings) : made.error().message;
}

TEST(PhonaxCheck, OfTheWeb) {
  EXPECT_EQ(settings_of("192.0.2.1|w.x|http|apache|GET /robots.txt HTTP/1.0|httpd is working"),
            R"(http {type: http, path: /robots.txt, expect: "httpd is working"})");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|8080|a|GET /|"), "http {type: http, port: 8080}");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|http|a|GET / HTTP/1.0|HTTP/1.0 200 OK"),
            "http {type: http, expect_status: 200}");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|http|a|GET / HTTP/1.0|404"),
            "http {type: http, expect_status: 404}");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|http|a|GET / HTTP/1.0|2000 years"),
            R"(http {type: http, expect: "2000 years"})");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|http|a|HEAD / HTTP/1.0|200"),
            R"(http {type: tcp, port: http, send: "HEAD / HTTP/1.0", expect: 200})");
}

TEST(PhonaxCheck, OfMail) {
  EXPECT_EQ(settings_of("192.0.2.1|w.x|smtp|postfix|QUIT|220"), "smtp {type: smtp}");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|POP3|inetd|quit|OK"), "pop3 {type: pop3}");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|smtp|postfix|HELP|214"),
            "smtp {type: tcp, port: smtp, send: HELP, expect: 214}");
}

TEST(PhonaxCheck, OfOtherServices) {
  EXPECT_EQ(settings_of("192.0.2.1|w.x|ftp|a||"), "ftp {type: tcp, port: ftp}");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|6379|a|PING|^a|b$"),
            R"(6379 {type: tcp, port: 6379, send: PING, expect: "\\^a|b\\$"})");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|unheard|a|b|c"),
            "services(5) has no service \"unheard\": write the number of its port");
  EXPECT_EQ(settings_of("192.0.2.1|w.x|0|a|b|c"),
            "services(5) has no service \"0\": write the number of its port");
}

TEST(PhonaxCheck, ThatIsNone) {
  EXPECT_EQ(settings_of("192.0.2.1|w.x|http|a|b"),
            "expected address|hostname|service|script|send|expect");
  EXPECT_EQ(settings_of("192.0.2|w.x|http|a|b|c"), "\"192.0.2\" is not an IP address");
  EXPECT_EQ(settings_of("192.0.2.1||http|a|b|c"), "\"\" is not a name");
  EXPECT_EQ(settings_of("192.0.2.1|w..x|http|a|b|c"), "\"w..x\" is not a name");
}

TEST(PhonaxCheck, ExpectsAnchorsAsCharacters) {
  EXPECT_EQ(literal_expect("a"), "a");
  EXPECT_EQ(literal_expect("^a$"), "\\^a\\$");
  EXPECT_EQ(literal_expect("\\^a"), "\\\\^a");
}

}  // namespace
}  // namespace rollcall::convert
