#include "setup/check_files.hpp"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "diagnostic_lines.hpp"
#include "temporary_folder.hpp"

namespace rollcall::setup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kZone =
    "$TTL 300\n@ IN SOA ns1 root 7 3600 600 86400 60\n  IN NS ns1\nns1 IN A 127.0.0.1\n"
    "www 1 IN A 127.0.0.11\nwww 1 IN A 127.0.0.12\n";

constexpr const char* kOlderKey =
    "r.yaml:2:20: warning: agents.key_file is the older form: one key that opens every node that "
    "has "
    "it; use \"keys_dir\" and a key for each node (rollcallctl keygen agent ADDRESS)";

class CheckFiles : public testing::Test {
 protected:
  CheckFiles() { write("db", kZone); }

  std::string write(const std::string& name, const std::string& text) {
    return folder_.write(name, text, 0600);
  }

  /// The messages for a configuration of this zone and `rest`, which starts in line 2; without the
  /// folder's name.
  std::vector<std::string> said(const std::string& rest) {
    checked_ = check_files(write("r.yaml", "zones: {mydomain.com: {file: db}}\n" + rest));
    return lines_of(checked_.diagnostics, folder_);
  }

  TemporaryFolder folder_;
  CheckedFiles checked_;
};

TEST_F(CheckFiles, NothingWrong) {
  EXPECT_THAT(said("checks: {web: {type: http}}\npools: {www.mydomain.com: {check: web}}\n"),
              IsEmpty());
  EXPECT_THAT(checked_.summary, ElementsAre("zone mydomain.com: serial 7, records 5, pools 1"));
}

TEST_F(CheckFiles, TextsAndProgramsOfAlerts) {
  write("hook.json", "{\n  \"text\": \"{sbuject}\"\n}\n");
  write("empty", "");
  EXPECT_THAT(
      said(R"(alerts:
  email: {to: [a@b.c], user: u, password_file: empty, ca: empty}
  webhook: {url: "https://x", text_file: hook.json}
  exec: {command: [/nowhere/page, "-{kind}"]}
)"),
      ElementsAre("r.yaml:3:48: error: alerts.email.password_file: empty: the file is empty",
                  "r.yaml:3:59: error: alerts.email.ca: empty: the file is empty",
                  "hook.json:2:12: error: unknown field {sbuject}, did you mean {subject}?",
                  "r.yaml:5:35: error: alerts.exec.command: a value would become an option: write "
                  "the option and its value as two arguments, or as --option={subject}",
                  "r.yaml:5:20: warning: alerts.exec.command: /nowhere/page: No such file or "
                  "directory"));
  write("hook.json", "{\n  \"text\": \"{subject}\n}\n");
  EXPECT_THAT(said(R"(alerts:
  webhook: {url: "https://x", text_file: hook.json}
)"),
              ElementsAre(testing::HasSubstr("hook.json:2:")));
  EXPECT_THAT(said(R"(alerts:
  webhook: {url: "https://x", text: "{subject}"}
)"),
              ElementsAre(testing::HasSubstr("r.yaml:3:37: error: alerts.webhook.text: not JSON")));
  EXPECT_THAT(said(R"(alerts:
  webhook: {url: "https://x", text: "{subject}", content_type: text/plain}
  exec: {command: [/bin/echo, "--subject={subject}"]}
)"),
              IsEmpty());
}

TEST_F(CheckFiles, FilesOfChecksThatAreNotThere) {
  EXPECT_THAT(
      said(R"(checks:
  a: {type: https, ca: ca.pem}
  b: {type: file, file: states}
  c: {type: exec, command: [/nowhere/plugin]}
  d: {type: exec, command: [/bin/true]}
  e: {type: exec, command: [/tmp]}
pools:
  www.mydomain.com: {checks: [a, b, c, d, e]}
)"),
      ElementsAre("r.yaml:9:3: warning: the check \"b\" needs states: No such file or directory",
                  "r.yaml:9:3: warning: the check \"c\" needs /nowhere/plugin: No such file or "
                  "directory",
                  "r.yaml:9:3: warning: the check \"e\" needs /tmp: Is a directory",
                  "r.yaml:9:3: error: the check \"a\": ca.pem: No such file or directory"));
}

TEST_F(CheckFiles, FilesOfTheChecksOfWitnesses) {
  EXPECT_THAT(said(R"(checks:
  web: {type: http}
  gateway: {type: exec, command: [/nowhere/plugin]}
pools: {www.mydomain.com: {check: web}}
health: {witnesses: [{address: 192.0.2.1, check: gateway}]}
)"),
              ElementsAre("r.yaml:6:22: warning: the check \"gateway\" needs /nowhere/plugin: No "
                          "such file or directory"));
}

TEST_F(CheckFiles, ACookieSecretHasItsLength) {
  const std::string rest =
      "server: {cookie_secret_file: cookie}\nchecks: {web: {type: http}}\n"
      "pools: {www.mydomain.com: {check: web}}\n";
  for (const char* text : {"", "00", "000102030405060708090a0b0c0d0e0f00", "nonsense"}) {
    write("cookie", text);
    const std::vector<std::string> lines = said(rest);
    ASSERT_EQ(lines.size(), 1U) << text;
    EXPECT_TRUE(lines[0].ends_with("error: cookie: a cookie secret is 32 hex digits")) << lines[0];
  }
  write("cookie", "000102030405060708090a0b0c0d0e0f\n");
  EXPECT_THAT(said(rest), IsEmpty());
}

TEST_F(CheckFiles, AFallbackOfAllMembersIsNone) {
  const std::string head = "checks: {m: {type: tcp, port: 25}}\npools:\n";
  EXPECT_THAT(said(head + R"(  www.mydomain.com:
    {check: m, when_all_down: fallback, fallback: [127.0.0.11, 127.0.0.12]}
)"),
              ElementsAre("r.yaml:4:3: warning: pool www.mydomain.com: fallback names all members, "
                          "so it has no effect"));
  EXPECT_THAT(said(head + R"(  www.mydomain.com:
    {check: m, when_all_down: fallback, fallback: [127.0.0.11]}
)"),
              IsEmpty());
  write("db", std::string(kZone) + "@ 1 MX 10 www\n@ 1 MX 20 ns1\n");
  EXPECT_THAT(said(head + R"(  mydomain.com:
    {records: MX, check: m, when_all_down: fallback, fallback: [WWW.mydomain.com, 127.0.0.1]}
)"),
              ElementsAre("r.yaml:4:3: warning: pool mydomain.com: fallback names all members, so "
                          "it has no effect"));
  EXPECT_THAT(said(head + R"(  mydomain.com:
    {records: MX, check: m, when_all_down: fallback, fallback: [127.0.0.11, 127.0.0.1]}
)"),
              IsEmpty())
      << "127.0.0.12 is an address of the first exchange";
}

TEST_F(CheckFiles, APoolThatTheZoneDoesNotHaveIsFoundInTheConfiguration) {
  EXPECT_THAT(said(R"(checks: {web: {type: http}}
pools:
  web.mydomain.com: {check: web}
)"),
              ElementsAre("r.yaml:4:3: warning: pool web.mydomain.com is ignored: it has no A or "
                          "AAAA record in db"));
}

TEST_F(CheckFiles, AWitnessThatIsAMemberIsAWarning) {
  EXPECT_THAT(
      said(R"(checks: {web: {type: http}}
pools:
  www.mydomain.com: {check: web}
health: {witnesses: [{address: 127.0.0.12, check: web}]}
)"),
      ElementsAre("r.yaml:4:3: warning: witness 127.0.0.12 is a member of pool www.mydomain.com: "
                  "its failure would look like a fault of the nameserver's own network"));
}

TEST_F(CheckFiles, MembersThatAreNotInTheZoneAreIgnored) {
  EXPECT_THAT(
      said(R"(checks: {web: {type: http}}
pools:
  www.mydomain.com: {check: web, members: {127.0.0.12: {}, 127.0.0.22: {}}}
)"),
      ElementsAre("r.yaml:4:60: warning: member 127.0.0.22 is not an address of www.mydomain.com "
                  "in the zone file: ignored; did you mean \"127.0.0.12\"?"));
}

TEST_F(CheckFiles, ALongTtlIsAWarning) {
  EXPECT_THAT(
      said("checks: {dns: {type: tcp, port: 53}}\npools: {ns1.mydomain.com: {check: dns}}\n"),
      ElementsAre("r.yaml:3:9: warning: pool ns1.mydomain.com: clients may cache a dead A record "
                  "for 300 s (60 s or less recommended)"));
  EXPECT_EQ(checked_.summary.size(), 1U);
}

TEST_F(CheckFiles, AnExchangeThatCanNotBeProbedIsAWarning) {
  write("db",
        std::string(kZone) + "@ 1 MX 10 www\n@ 1 MX 20 backup.example.net.\n@ 1 MX 30 nobody\n");
  EXPECT_THAT(
      said("checks: {m: {type: tcp, port: 25}}\npools: {mydomain.com: {records: MX, check: m}}\n"),
      ElementsAre("db:9:1: warning: mydomain.com MX nobody.mydomain.com has no A or AAAA record",
                  "r.yaml:3:9: warning: pool mydomain.com: the exchange nobody.mydomain.com has no "
                  "A or AAAA record in its zone file, so it is never probed and always answered",
                  "r.yaml:3:9: warning: pool mydomain.com: the exchange backup.example.net is in "
                  "no zone served here, so it is never probed and always answered"));
  EXPECT_THAT(checked_.summary, ElementsAre("zone mydomain.com: serial 7, records 8, pools 1"));
}

TEST_F(CheckFiles, APoolOfMxWithNothingToProbeIsAWarning) {
  write("db", std::string(kZone) + "@ MX 0 .\n");
  EXPECT_THAT(
      said("checks: {m: {type: tcp, port: 25}}\npools: {mydomain.com: {records: MX, check: m}}\n"),
      testing::Contains("r.yaml:3:9: warning: pool mydomain.com: none of its exchanges can be "
                        "probed; all are always answered"));
}

TEST_F(CheckFiles, MembersOfMxAreExchangesOrTheirAddresses) {
  write("db", std::string(kZone) + "@ 1 MX 10 www\n@ 1 MX 20 ns1\n");
  EXPECT_THAT(said(R"(checks: {m: {type: tcp, port: 25}}
pools:
  mydomain.com:
    records: MX
    check: m
    members: {ns1.mydomain.com: {}, 127.0.0.12: {}, ns2.mydomain.com: {}, 127.0.0.13: {}}
)"),
              testing::UnorderedElementsAre(
                  "r.yaml:7:53: warning: member ns2.mydomain.com is neither an exchange nor the "
                  "address of an exchange of mydomain.com in the zone file: ignored; did you mean "
                  "\"ns1.mydomain.com\"?",
                  "r.yaml:7:75: warning: member 127.0.0.13 is neither an exchange nor the address "
                  "of an exchange of mydomain.com in the zone file: ignored; did you mean "
                  "\"127.0.0.1\"?"));
}

TEST_F(CheckFiles, AnExchangeInAnotherZoneIsThatZonesToKnow) {
  write("db", std::string(kZone) + "@ 1 MX 10 mx.other.org.\n");
  write("db.other", kZone);
  checked_ =
      check_files(write("r.yaml", R"(zones: {mydomain.com: {file: db}, other.org: {file: db.other}}
checks: {m: {type: tcp, port: 25}}
pools: {mydomain.com: {records: MX, check: m, members: {mx.other.org: {}}}}
)"));
  ASSERT_EQ(checked_.diagnostics.size(), 2U);
  EXPECT_EQ(
      checked_.diagnostics[0].message,
      "pool mydomain.com: the exchange mx.other.org has no A or AAAA record in its zone file, "
      "so it is never probed and always answered");
  EXPECT_EQ(checked_.diagnostics[1].message,
            "pool mydomain.com: none of its exchanges can be probed; all are always answered");
  write("db.other", std::string(kZone) + "mx A 127.0.0.9\n");
  EXPECT_THAT(check_files(folder_.path("r.yaml")).diagnostics, IsEmpty());
  write("db.other", "broken\n");
  EXPECT_EQ(check_files(folder_.path("r.yaml")).diagnostics.size(), 1U) << "the zone's alone";
}

TEST_F(CheckFiles, KeysMustBeThere) {
  write("bad.key", "not base64!\n");
  write("weak.key", "c2VjcmV0\n");
  write("good.key", "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=\n");
  EXPECT_THAT(said(R"(keys:
  none: {secret_file: none.key}
  bad: {secret_file: bad.key}
  weak: {secret_file: weak.key}
  good: {secret_file: good.key}
)"),
              ElementsAre("r.yaml:3:3: error: none.key: No such file or directory",
                          "r.yaml:4:3: error: bad.key: a TSIG secret is one line of base64 "
                          "(rollcallctl keygen tsig makes one) or BIND's key \"NAME\" { ... };",
                          "r.yaml:5:3: warning: weak.key: a secret of 6 octets can be guessed"));
}

TEST_F(CheckFiles, AZoneFileThatIsNotThereIsFoundInTheConfiguration) {
  checked_ = check_files(write("r.yaml", "zones:\n  a.example: {file: none}\n"));
  ASSERT_EQ(checked_.diagnostics.size(), 1U);
  EXPECT_EQ(to_string(checked_.diagnostics[0]),
            folder_.path("r.yaml") + ":2:21: error: zone a.example: " + folder_.path("none") +
                ": No such file or directory");
}

TEST_F(CheckFiles, TheUserMustBeThere) {
  EXPECT_THAT(
      said("server: {user: nobody-by-that-name}\n"),
      ElementsAre("r.yaml:2:16: error: server.user: no user \"nobody-by-that-name\" on this "
                  "machine"));
  EXPECT_THAT(said("server: {user: root}\n"), IsEmpty());
}

TEST_F(CheckFiles, TheAgentsKeyMustBeThere) {
  EXPECT_THAT(
      said("agents: {key_file: none.key}\n"),
      ElementsAre(kOlderKey,
                  "r.yaml:2:20: error: agents.key_file: none.key: No such file or directory "
                  "(rollcallctl keygen agent makes one)"));
  write("agent.key", std::string(64, 'a') + "\n");
  EXPECT_THAT(said("agents: {key_file: agent.key}\n"), ElementsAre(kOlderKey));
}

TEST_F(CheckFiles, EachNodeHasItsOwnKey) {
  constexpr const char* kAgents = "agents: {keys_dir: keys}\n";
  const std::string a(64, 'a');
  EXPECT_THAT(said(kAgents), ElementsAre("r.yaml:2:20: error: agents.keys_dir: keys: No such file "
                                         "or directory"));
  ::mkdir(folder_.path("keys").c_str(), 0700);
  write("keys/192.0.2.1.key", "ns1 " + a + "\nns1.2 " + std::string(64, 'b') + "\n");
  write("keys/2001:db8::1.key", "ns1 " + std::string(64, 'c') + "\n");
  write("keys/README", "not a key");
  EXPECT_THAT(said(kAgents), IsEmpty());
  write("keys/tsig.key", "x");
  write("keys/192.0.2.2.key", "ns1 " + a + "\n");
  write("keys/192.0.2.3.key", a + "\n");
  EXPECT_THAT(
      said(kAgents),
      ElementsAre("r.yaml:2:20: error: agents.keys_dir: keys/192.0.2.2.key: the key ns1 is "
                  "also in keys/192.0.2.1.key: each node needs its own",
                  "r.yaml:2:20: error: agents.keys_dir: keys/192.0.2.3.key: line 1: a key "
                  "without a name: write NAME before the digits",
                  "r.yaml:2:20: warning: agents.keys_dir: keys/tsig.key: left out: its name "
                  "is not ADDRESS.key"));
}

TEST_F(CheckFiles, WarnsOfMembersWhoseAgentHasNoKey) {
  ::mkdir(folder_.path("keys").c_str(), 0700);
  write("keys/127.0.0.11.key", "ns1 " + std::string(64, 'a') + "\n");
  constexpr const char* kRest =
      "agents: {keys_dir: keys}\nchecks: {web: {type: http}}\n"
      "pools: {www.mydomain.com: {check: web, restart: web";
  EXPECT_THAT(said(std::string(kRest) + "}}\n"),
              ElementsAre("r.yaml:4:9: warning: pool www.mydomain.com: web is not restarted on "
                          "127.0.0.12: agents.keys_dir has no 127.0.0.12.key"));
  EXPECT_THAT(said(std::string(kRest) + ", members: {127.0.0.12: {restart: ''}}}}\n"), IsEmpty());
}

TEST_F(CheckFiles, ErrorsOfAllFilesAtOnce) {
  write("db", std::string(kZone) + "bad IN A 1.2.3\n");
  const std::vector<std::string> lines = said("agents: {key_file: none.key}\n");
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_THAT(lines[2], testing::StartsWith("db:7:"));
  EXPECT_THAT(checked_.summary, IsEmpty());
}

TEST_F(CheckFiles, AMissingConfigurationIsNamed) {
  const std::string missing = folder_.path("missing.yaml");
  const CheckedFiles checked = check_files(missing);
  ASSERT_EQ(checked.diagnostics.size(), 1U);
  EXPECT_EQ(to_string(checked.diagnostics[0]), "error: " + missing + ": No such file or directory");
}

TEST_F(CheckFiles, WarnsOfSecretsThatOthersMayUse) {
  constexpr const char* kRest =
      "keys: {k.: {algorithm: hmac-sha256, secret_file: tsig.key}}\n"
      "server: {cookie_secret_file: cookie}\nagents: {keys_dir: keys}\n";
  write("tsig.key", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n");
  write("cookie", std::string(32, 'a') + "\n");
  ::mkdir(folder_.path("keys").c_str(), 0700);
  write("keys/192.0.2.1.key", "ns1 " + std::string(64, 'a') + "\n");
  EXPECT_THAT(said(kRest), IsEmpty());
  ::chmod(folder_.path("tsig.key").c_str(), 0640);
  ::chmod(folder_.path("cookie").c_str(), 0604);
  ::chmod(folder_.path("keys/192.0.2.1.key").c_str(), 0644);
  EXPECT_THAT(
      said(kRest),
      ElementsAre("r.yaml:2:8: warning: tsig.key: users other than its owner have access "
                  "(mode 0640); run: chmod 600 tsig.key",
                  "r.yaml:3:30: warning: cookie: users other than its owner have access "
                  "(mode 0604); run: chmod 600 cookie",
                  "r.yaml:4:20: warning: agents.keys_dir: keys/192.0.2.1.key: users other than its "
                  "owner have access (mode 0644); run: chmod 600 keys/192.0.2.1.key"));
}

}  // namespace
}  // namespace rollcall::setup
