#include "convert/converted.hpp"
#include "convert/lua_call.hpp"

namespace rollcall::convert {
namespace {

using testing::Contains;
using testing::HasSubstr;

Result<Conversion, Diagnostics> convert_records(const std::string& records) {
  return convert_files(Format::pdns_lua, {{"db.example.com", kZone + records}});
}

/// The lines that were added to the zone, and the part from `checks:`.
std::string made_of(const std::string& code) {
  const auto made = convert_records("p 9 IN LUA A \"" + code + "\"");
  if (!made) return yaml_of(made);
  const std::string yaml = yaml_of(made);
  const std::size_t at = yaml.find("checks:");
  return made->files.at("zones/db.example.com").text.substr(kZone.size()) + "\n" +
         (at == std::string::npos ? "" : yaml.substr(at));
}

TEST(PdnsLua, WatchesPorts) {
  EXPECT_EQ(
      made_of("ifportup(443, {'192.0.2.1', '192.0.2.2'})"),
      "p.example.com. 9 IN A 192.0.2.1\np.example.com. 9 IN A 192.0.2.2\n"
      "checks:\n  tcp-443: {type: tcp, port: 443, interval: 5s, timeout: 2s, rise: 1, fall: 1}"
      "\n\npools:\n  p.example.com: {check: tcp-443, max_answers: 1}\n");
  EXPECT_THAT(made_of("ifportup(25, {{'192.0.2.1'}, {'192.0.2.2'}, {'192.0.2.3'}}, "
                      "{selector='all', interval=1, timeout=5, minimumFailures=3})"),
              HasSubstr("interval: 1s, timeout: 900ms, rise: 1, fall: 3}\n\npools:\n"
                        "  p.example.com: {check: tcp-25, members: {192.0.2.2: {tier: backup}}}"));
}

TEST(PdnsLua, WatchesUrls) {
  EXPECT_THAT(
      made_of("ifurlup('https://w.example.com:444/a?b#c', {'192.0.2.1'}, "
              "{stringmatch='ok', useragent='x y', httpcode=204})"),
      HasSubstr("    type: https\n    port: 444\n    path: \"/a?b\"\n    host: w.example.com\n"
                "    expect: ok\n    headers: {User-Agent: \"x y\"}\n"
                "    expect_status: 204\n"));
  EXPECT_THAT(
      made_of("ifurlup('http://w.example.com', {'192.0.2.1'})"),
      HasSubstr("  http:\n    type: http\n    host: w.example.com\n    expect_status: 200\n"));
}

TEST(PdnsLua, DrawsAddresses) {
  const std::string always = "checks:\n  always-up: {type: file, file: always-up, missing: up}\n\n";
  EXPECT_EQ(made_of("pickrandom({'192.0.2.1'})"),
            "p.example.com. 9 IN A 192.0.2.1\n" + always +
                "pools:\n  p.example.com: {check: always-up, max_answers: 1}\n");
  EXPECT_THAT(made_of("pickwrandom({{510, '192.0.2.1'}, {1, '192.0.2.2'}, {0, '192.0.2.3'}})"),
              HasSubstr("members: {192.0.2.1: {weight: 255}, 192.0.2.3: {weight: 0}}"));
  EXPECT_EQ(made_of("all({'192.0.2.1'})"), "p.example.com. 9 IN A 192.0.2.1\n");
}

TEST(PdnsLua, ReportsTheOthers) {
  const std::map<std::string, std::string> reasons{
      {"pickclosest({'192.0.2.1'})", "Rollcall has nothing like pickclosest()"},
      {"; if true then return 1 end", "code other than one call with literal arguments"},
      {"ifportup(443)", "ifportup(): unexpected arguments"},
      {"ifportup(0, {'192.0.2.1'})", "\"0\" is no port"},
      {"ifportup(25, {})", "ifportup(): it has no addresses"},
      {"ifportup(25, {'2001:db8::1'})", "\"2001:db8::1\" is no address of this type"},
      {"ifurlup('ftp://x', {'192.0.2.1'})", "\"ftp://x\" is no URL"},
      {"ifurlup('http://[::1]/', {'192.0.2.1'})",
       "expected a URL with a name, such as https://www.example.com/path"},
      {"pickwrandom({'192.0.2.1'})", "pickwrandom(): expected pairs of a weight and an address"}};
  for (const auto& [code, reason] : reasons) {
    EXPECT_THAT(report_of(convert_records("p 9 IN LUA A \"" + code + "\"")),
                Contains("- db.example.com:8:1: p.example.com LUA A: " + reason));
  }
  EXPECT_THAT(
      report_of(convert_records("p LUA TXT \"country()\"")),
      Contains("- db.example.com:8:1: p.example.com LUA TXT: a pool has A and AAAA records"));
  EXPECT_THAT(report_of(convert_records("p LUA A \"ifportup(1, {'192.0.2.1'}, {source='x', "
                                        "selector='hashed'})\"")),
              Contains("- db.example.com:8:1: p.example.com LUA A ifportup: selector hashed: one "
                       "address, drawn at random"));
}

TEST(PdnsLua, HasOneCheckForBothFamilies) {
  const auto made = convert_records(
      "p LUA A \"ifportup(1, {'192.0.2.1'})\"\n  LUA AAAA ( \"ifportup(1, \" \n"
      "\"{'2001:db8::1'})\" )\nq LUA A \"ifportup(1, {'192.0.2.1'})\"\n"
      "q LUA AAAA \"ifportup(2, {'2001:db8::1'})\"\n");
  ASSERT_TRUE(made);
  EXPECT_EQ(made->files.at("zones/db.example.com").text.substr(kZone.size()),
            "p.example.com. IN A 192.0.2.1\np.example.com. IN AAAA 2001:db8::1\n"
            "q.example.com. IN A 192.0.2.1\nq.example.com. IN AAAA 2001:db8::1\n");
  EXPECT_THAT(report_of(made),
              Contains("- db.example.com:12:1: q.example.com LUA AAAA ifportup: the "
                       "name has a pool with the check tcp-1 already"));
}

TEST(PdnsLua, KnowsTheZoneOfAFile) {
  const auto zone_of = [](const std::string& name, const std::string& text) {
    return yaml_of(convert_files(Format::pdns_lua, {{name, text}}));
  };
  EXPECT_THAT(zone_of("a/example.net.zone", kZone), HasSubstr("  example.net: {file"));
  EXPECT_THAT(zone_of("x", "$TTL 1\n$ORIGIN example.org.\n" + kZone),
              HasSubstr("  example.org: {"));
  EXPECT_THAT(zone_of("example.net", kZone + "$ORIGIN sub.example.net.\n"),
              HasSubstr("  example.net: {file"));
  EXPECT_THAT(zone_of("x", kZone), HasSubstr("x:1:1: error: not taken over: which zone is it?"));
}

TEST(LuaCall, ReadsLiterals) {
  const auto call = read_lua_call(R"( f(1, -2.5, 'a\'b', "c", {x=1, {true}; 'y'}, ) )");
  ASSERT_TRUE(call);
  EXPECT_EQ(call->function, "f");
  ASSERT_EQ(call->arguments.size(), 5U);
  EXPECT_EQ(call->arguments[1].text, "-2.5");
  EXPECT_EQ(call->arguments[2].text, "a'b");
  EXPECT_EQ(call->arguments[4].find("x")->text, "1");
  EXPECT_EQ(call->arguments[4].find("y"), nullptr);
  EXPECT_EQ(call->arguments[4].entries.size(), 3U);
}

TEST(LuaCall, RefusesCode) {
  for (const char* code : {"", "f", "f(", "f(1", "f(x)", "f(1 2)", "f('a)", "f('a\\", "f({1)",
                           "f({", "f(1)g", "(1)", "f({1 2})", "f({{{{{{{{{1}}}}}}}}})"}) {
    EXPECT_FALSE(read_lua_call(code)) << code;
  }
}

}  // namespace
}  // namespace rollcall::convert
