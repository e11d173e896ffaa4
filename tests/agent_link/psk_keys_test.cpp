#include "agent_link/psk_keys.hpp"

#include "real_process.hpp"
#include "temporary_folder.hpp"

namespace rollcall::agent_link {
namespace {

const std::string hex = "00112233445566778899aabbccddeeffFFEEDDCCBBAA99887766554433221100";

TEST(PskKeyText, ReadsSixtyFourDigits) {
  for (const char* end : {"", "\n", "\r\n"}) {
    const auto key = parse_psk_key(hex + end);
    ASSERT_TRUE(key) << key.error().message;
    EXPECT_EQ(key->octets[0], 0x00);
    EXPECT_EQ(key->octets[1], 0x11);
    EXPECT_EQ(key->octets[10], 0xAA);
    EXPECT_EQ(key->octets[16], 0xFF);
    EXPECT_EQ(key->octets[31], 0x00);
  }
}

TEST(PskKeyText, RefusesEverythingElse) {
  for (const std::string& text :
       {std::string(), std::string("\n"), hex.substr(1), hex + "0", hex + "\n\n", " " + hex,
        hex + " ", "0x" + hex.substr(2), hex.substr(0, 63) + "g", hex.substr(0, 63) + '\0'}) {
    const auto key = parse_psk_key(text);
    EXPECT_FALSE(key) << text;
  }
  EXPECT_EQ(parse_psk_key(hex.substr(0, 10)).error().message,
            "a key has 64 hexadecimal digits on one line, not 10 characters");
  EXPECT_EQ(parse_psk_key(hex.substr(0, 62) + "xx").error().message,
            "a key has 64 hexadecimal digits, but character 63 is not one");
}

TEST(PskKeyText, DoesNotRepeatTheSecret) {
  const auto key = parse_psk_key(hex.substr(0, 40) + "secretword" + hex.substr(50));
  ASSERT_FALSE(key);
  EXPECT_EQ(key.error().message.find("secret"), std::string::npos);
  EXPECT_EQ(key.error().message.find(hex.substr(0, 8)), std::string::npos);
}

TEST(KeyLines, HaveANameEach) {
  const auto keys = parse_key_lines("# the old one\nns1 " + hex + "\n\n  ns1.2\t" +
                                    std::string(64, 'a') + "\r\n");
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->size(), 2U);
  EXPECT_EQ((*keys)[0].name, "ns1");
  EXPECT_EQ((*keys)[0].key, parse_psk_key(hex).value());
  EXPECT_EQ((*keys)[1].name, "ns1.2");
}

TEST(KeyLines, AreRefusedByNumber) {
  const auto problem = [](const std::string& text) {
    const auto keys = parse_key_lines(text);
    return keys ? std::string() : keys.error().message;
  };
  EXPECT_EQ(problem(""), "no key: expected lines with NAME and 64 hexadecimal digits");
  EXPECT_EQ(problem("# none\n"), "no key: expected lines with NAME and 64 hexadecimal digits");
  EXPECT_EQ(problem("ns1 " + hex + "\n" + hex),
            "line 2: a key without a name: write NAME before the digits");
  EXPECT_EQ(problem("ns1"),
            "line 1: expected NAME and 64 hexadecimal digits, separated by a blank");
  EXPECT_EQ(problem("-ns1 " + hex),
            "line 1: invalid name of a key: use letters, digits and \"-_.@\", with a letter or "
            "digit first, at most 64");
  EXPECT_EQ(problem("ns1 12"),
            "line 1: a key has 64 hexadecimal digits on one line, not 2 characters");
  EXPECT_EQ(problem("ns1 " + hex + " more"),
            "line 1: a key has 64 hexadecimal digits on one line, not 69 characters");
  EXPECT_EQ(problem("a " + hex + "\na " + hex),
            "line 2: a second key with the name a; each key needs its own name");
  std::string many;
  for (char name = 'a'; name <= 'i'; ++name) many += std::string(1, name) + " " + hex + "\n";
  EXPECT_EQ(problem(many), "line 9: more than 8 keys");
}

TEST(PskKeyFileOnDisk, IsReadAndItsModeLookedAt) {
  const TemporaryFolder dir;
  const auto good = read_single_key(dir.write("good", hex + "\n", 0600), files::read_directly());
  ASSERT_TRUE(good) << good.error().message;
  ASSERT_EQ(good->keys.size(), 1U);
  EXPECT_EQ(good->keys[0].name, "rollcall");
  EXPECT_EQ(good->keys[0].key, parse_psk_key(hex).value());
  EXPECT_EQ(good->warning, "");

  for (const mode_t mode : {0640, 0604, 0620, 0602}) {
    const auto open = read_single_key(dir.write("open", hex, mode), files::read_directly());
    ASSERT_TRUE(open);
    EXPECT_NE(open->warning.find("chmod 600"), std::string::npos) << mode;
    EXPECT_NE(open->warning.find(dir.path("open")), std::string::npos) << mode;
  }
}

TEST(PskKeyFileOnDisk, IsRefusedWithItsName) {
  const TemporaryFolder dir;
  const auto missing = read_single_key(dir.path("missing"), files::read_directly());
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().message, dir.path("missing") + ": No such file or directory");
  const auto folder = read_single_key(dir.path(""), files::read_directly());
  ASSERT_FALSE(folder);
  EXPECT_EQ(folder.error().message, dir.path("") + ": Is a directory");
  const auto wrong = read_single_key(dir.write("short", "abc\n", 0600), files::read_directly());
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().message,
            dir.path("short") + ": a key has 64 hexadecimal digits on one line, not 3 characters");
  const auto more =
      read_single_key(dir.write("more", hex + "\n" + hex + "\n", 0600), files::read_directly());
  ASSERT_FALSE(more);
  EXPECT_EQ(
      more.error().message,
      dir.path("more") + ": a key file has 64 hexadecimal digits on one line, and nothing else");
}

}  // namespace
}  // namespace rollcall::agent_link
