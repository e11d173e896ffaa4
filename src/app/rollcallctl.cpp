/// rollcallctl: the operator's command line.
///
/// Exit codes: 0 done; 1 refused or failed, with the reason on stderr; 2 wrong usage.
///
/// Limitations: no commands pools, zones, checks, events, explain yet.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "api/request.hpp"
#include "api/text.hpp"
#include "app/ctl_convert.hpp"
#include "app/ctl_keygen.hpp"
#include "app/ctl_override.hpp"
#include "app/ctl_server.hpp"
#include "app/ctl_socket.hpp"
#include "app/ctl_zone.hpp"
#include "app/usage.hpp"
#include "convert/conversion.hpp"
#include "core/nearest.hpp"
#include "core/printable.hpp"
#include "log/print.hpp"
#include "setup/check_files.hpp"

namespace {

using namespace rollcall;

constexpr int kDone = 0;
constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

struct Arguments {
  std::optional<std::string> socket;
  std::optional<std::string> config;
  bool as_json = false;
  bool restarts = false;  // of thaw
  bool behind = false;    // of secondaries
  std::string zone;
  app::StatusArguments status;
  std::string member;
  std::string service;
  app::OverrideArguments override_;
  std::string normal;
  std::optional<std::string> checked_file;
  std::string origin;
  std::string zone_file;
  app::ConvertArguments convert;
  app::AgentKeyArguments agent_key;
};

int complain(const std::string& message, int code) {
  log::print_error("rollcallctl: " + message);
  return code;
}

/// Sends a request to the server and shows the reply.
int converse(const Arguments& arguments, const std::string& line) {
  // A request that the server would not understand is wrong usage, reported without the server.
  Result<api::Request> request = api::parse_request(line);
  if (!request) return complain(request.error().message, kWrongUsage);
  api::sign(*request, app::operator_name());
  const Result<std::string> socket = app::find_socket(arguments.socket, arguments.config);
  if (!socket) return complain(socket.error().message, kFailed);
  const Result<std::string> reply = app::ask(*socket, to_json(*request));
  if (!reply) return complain(reply.error().message, kFailed);
  const Result<api::ReplyText> shown = api::reply_text(*reply);
  if (!shown) return complain(shown.error().message, kFailed);
  if (arguments.as_json) {
    log::print_out(*reply);
  } else if (shown->ok) {
    log::print_out(shown->text);
  } else {
    log::print_error("rollcallctl: " + shown->text);
  }
  return shown->ok ? kDone : kFailed;
}

/// @return nothing after a complaint
std::optional<dns::Name> named_zone(const Arguments& arguments) {
  const Result<dns::Name> zone = dns::Name::parse(arguments.zone);
  if (zone) return *zone;
  complain(fmt::format("invalid zone \"{}\": {}", arguments.zone, zone.error().message),
           kWrongUsage);
  return std::nullopt;
}

int reload(const Arguments& arguments) {
  if (arguments.zone.empty()) return converse(arguments, to_json(api::ReloadRequest{}));
  const auto zone = named_zone(arguments);
  return zone ? converse(arguments, to_json(api::ReloadRequest{.zone = zone})) : kWrongUsage;
}

int secondaries(const Arguments& arguments) {
  api::SecondariesRequest request{.behind = arguments.behind};
  if (!arguments.zone.empty()) {
    request.zone = named_zone(arguments);
    if (!request.zone) return kWrongUsage;
  }
  return converse(arguments, to_json(request));
}

int retransfer(const Arguments& arguments) {
  const auto zone = named_zone(arguments);
  return zone ? converse(arguments, to_json(api::RetransferRequest{*zone})) : kWrongUsage;
}

int flush_zone(const Arguments& arguments) {
  const auto zone = named_zone(arguments);
  return zone ? converse(arguments, to_json(api::FlushRequest{*zone})) : kWrongUsage;
}

int write_zone(const Arguments& arguments) {
  const auto zone = named_zone(arguments);
  if (!zone) return kWrongUsage;
  api::Request request = api::WriteRequest{*zone};
  api::sign(request, app::operator_name());
  const Result<std::string> socket = app::find_socket(arguments.socket, arguments.config);
  if (!socket) return complain(socket.error().message, kFailed);
  const Result<std::string> reply = app::ask(*socket, to_json(request));
  if (!reply) return complain(reply.error().message, kFailed);
  const Result<api::ReplyText> shown = api::reply_text(*reply);
  if (!shown) return complain(shown.error().message, kFailed);
  if (!shown->ok) {
    log::print_error("rollcallctl: " + shown->text);
    return kFailed;
  }
  const Result<std::string> written = app::write_zone_file(*reply);
  if (!written) return complain(written.error().message, kFailed);
  if (!arguments.as_json) log::print_out(*written + " written\n");
  return converse(arguments, to_json(api::ReloadRequest{.zone = zone}));
}

int restart(const Arguments& arguments) {
  const std::optional<IpAddress> member = IpAddress::parse(arguments.member);
  if (!member) {
    return complain(fmt::format("invalid member \"{}\": expected an IP address", arguments.member),
                    kWrongUsage);
  }
  return converse(arguments, to_json(api::RestartRequest{*member, arguments.service}));
}

int checkzone(const Arguments& arguments) {
  const Result<dns::Name> origin = dns::Name::parse(arguments.origin);
  if (!origin) {
    return complain(
        fmt::format("invalid zone \"{}\": {}", arguments.origin, origin.error().message),
        kWrongUsage);
  }
  return setup::run_checkzone(*origin, arguments.zone_file, arguments.as_json);
}

/// A name or a reason must not contain characters that a terminal would not show as they are.
CLI::Validator one_line() {
  return {[](const std::string& text) {
            return is_printable(text) ? std::string()
                                      : "\"" + text +
                                            "\" must be one line of UTF-8 text without "
                                            "control characters";
          },
          ""};
}

/// The commands that override a member's probes.
void add_override_commands(CLI::App& program, Arguments& arguments, int& code) {
  struct Command {
    const char* word;
    const char* help;
  };
  for (const Command& command : {
           Command{"drain", "Leave members out of the answers, and ask for no restart of them."},
           Command{"up", "Treat members as up, whatever their probes say."},
           Command{"down", "Treat members as down, whatever their probes say."},
           Command{"auto", "Let the probes of members decide again."},
       }) {
    app::OverrideArguments& given = arguments.override_;
    CLI::App* set = program.add_subcommand(command.word, command.help);
    set->add_option("MEMBER", given.members,
                    "Addresses, names of exchanges or pools, or patterns: \"192.0.2.*\".")
        ->check(one_line());
    set->add_option("--pool", given.pool, "Only in this pool; without MEMBER: all of its members.")
        ->check(one_line());
    set->add_option("--for", given.lasts, "Expire after this time: 30m, 2h, 1d.");
    set->add_option("--reason", given.reason, "A reason, shown in the status and the log.")
        ->check(one_line());
    set->add_flag("--force", given.force, "Apply even if no live member remains.");
    set->callback([&, word = command.word] {
      code = converse(arguments, app::override_line(word, arguments.override_));
    });
  }
  CLI::App* normal = program.add_subcommand(
      "normal", "Answer everything in the zone files, whatever probes and overrides say.");
  normal->add_option("STATE", arguments.normal, "on or off.")
      ->required()
      ->check(CLI::IsMember({"on", "off"}));
  normal->add_option("--for", arguments.override_.lasts, "Expire after this time: 30m, 2h, 1d.");
  normal->callback(
      [&] { code = converse(arguments, app::normal_line(arguments.normal, arguments.override_)); });
}

/// `thaw` ends a freeze of the isolation guard, or the stop of restarts.
void add_thaw(CLI::App& program, Arguments& arguments, int& code) {
  CLI::App* thaw = program.add_subcommand(
      "thaw", "Let answers follow the probes again, after the isolation guard has frozen them.");
  thaw->add_flag("--restarts", arguments.restarts,
                 "let agents be asked again, after the last requests have not helped");
  thaw->callback([&] {
    code = converse(arguments, api::to_json(api::ThawRequest{.restarts = arguments.restarts}));
  });
}

/// `alert test` sends a message to each channel of alerts.
void add_alert(CLI::App& program, Arguments& arguments, int& code) {
  CLI::App* alert = program.add_subcommand("alert", "Try the channels of alerts.");
  alert->require_subcommand(1);
  alert
      ->add_subcommand("test",
                       "Send a message by each channel, and show what the other side answers.")
      ->callback([&] { code = converse(arguments, api::to_json(api::AlertTestRequest{})); });
}

/// `convert` makes a configuration of another program's.
void add_convert(CLI::App& program, Arguments& arguments, int& code) {
  CLI::App* convert = program.add_subcommand(
      "convert", "Make a configuration of another program's files; needs no server.");
  const std::vector<std::string> words(convert::kFormatWords.begin(), convert::kFormatWords.end());
  convert->add_option("FORMAT", arguments.convert.format, "What the files belong to.")
      ->required()
      ->check(CLI::IsMember(words));
  convert->add_option("FILE", arguments.convert.files, "The files of that program.")->required();
  convert->add_option("-o,--output", arguments.convert.folder, "The folder for the result [.].");
  convert->callback([&] { code = app::run_convert(arguments.convert); });
}

/// The commands that show something.
void add_views(CLI::App& program, Arguments& arguments, int& code) {
  CLI::App* status = program.add_subcommand(
      "status", "Show the zones, and the pools with the health of their members.");
  status->add_option("--zone", arguments.status.zone, "Only this zone.")->check(one_line());
  status
      ->add_option("--pool", arguments.status.pool,
                   "Only this pool, or those that match a pattern: \"*.example\".")
      ->check(one_line());
  status
      ->add_option("--state", arguments.status.state,
                   "Only members in this state: up, down, unknown, degraded, live, out, drained, "
                   "forced-up, forced-down, held or kept-back.")
      ->check(one_line());
  status->callback([&] { code = converse(arguments, app::status_line(arguments.status)); });

  CLI::App* agents = program.add_subcommand(
      "agents", "Show the agent of each node: reachable, load, services, last restarts.");
  agents->callback([&] { code = converse(arguments, to_json(api::AgentsRequest{})); });

  CLI::App* followers = program.add_subcommand(
      "secondaries", "Show each secondary: the serial that it serves, its lag, its last transfer.");
  followers->add_option("ZONE", arguments.zone, "Only those of this zone.");
  followers->add_flag("--behind", arguments.behind, "Only those that are behind.");
  followers->callback([&] { code = secondaries(arguments); });
}

/// Every subcommand leaves its exit code in `code`.
void add_commands(CLI::App& program, Arguments& arguments, int& code) {
  add_views(program, arguments, code);

  CLI::App* again =
      program.add_subcommand("reload", "Read the configuration and the zone files again.");
  again->add_option("ZONE", arguments.zone, "The file of this zone only.");
  again->callback([&] { code = reload(arguments); });

  CLI::App* anew = program.add_subcommand(
      "retransfer", "Transfer a whole zone from its primaries now, and wait for it.");
  anew->add_option("ZONE", arguments.zone, "The zone.")->required();
  anew->callback([&] { code = retransfer(arguments); });

  CLI::App* zone =
      program.add_subcommand("zone", "What dynamic updates have made of a zone: write, flush.");
  zone->require_subcommand(1);
  CLI::App* write =
      zone->add_subcommand("write", "Write what updates have made of the zone into its file.");
  write->add_option("ZONE", arguments.zone, "The zone's name.")->required();
  write->callback([&] { code = write_zone(arguments); });
  CLI::App* flush = zone->add_subcommand(
      "flush", "Drop what updates have made of the zone: it is as its file again.");
  flush->add_option("ZONE", arguments.zone, "The zone's name.")->required();
  flush->callback([&] { code = flush_zone(arguments); });

  CLI::App* mend = program.add_subcommand("restart", "Ask a member's agent to restart a service.");
  mend->add_option("MEMBER", arguments.member, "The member's address.")->required();
  mend->add_option("SERVICE", arguments.service, "The service's name in the agent's allow-list.")
      ->required();
  mend->callback([&] { code = restart(arguments); });

  CLI::App* check = program.add_subcommand(
      "check", "Check the configuration, the keys and every zone; needs no server.");
  check->add_option("FILE", arguments.checked_file, "The configuration file; else that of -c.");
  check->callback([&] {
    const std::string file = arguments.config.value_or(app::kConfigFile);
    code = setup::run_check(arguments.checked_file.value_or(file), arguments.as_json);
  });

  CLI::App* one_zone = program.add_subcommand("checkzone", "Check one zone file; needs no server.");
  one_zone->add_option("ORIGIN", arguments.origin, "The zone's name.")->required();
  one_zone->add_option("FILE", arguments.zone_file, "The zone file.")->required();
  one_zone->callback([&] { code = checkzone(arguments); });

  CLI::App* keygen = program.add_subcommand("keygen", "Make a new secret: tsig or agent.");
  keygen->require_subcommand(1);
  keygen->add_subcommand("tsig", "A TSIG secret.")->callback([&] {
    code = app::run_keygen(app::KeyKind::tsig);
  });
  CLI::App* agent = keygen->add_subcommand(
      "agent", "A key for the agent of one node, as a line NAME HEX64 of a key file.");
  agent->add_option("ADDRESS", arguments.agent_key.address,
                    "The node's address; without it: the older form, a key without a name.");
  agent->add_option("--name", arguments.agent_key.name,
                    "The name of the key, by which the agent knows this nameserver [the host's].");
  agent->add_option("-o,--output", arguments.agent_key.folder,
                    "Add the line to ADDRESS.key in this folder, whose other keys stay.");
  agent->callback([&] { code = app::run_agent_keygen(arguments.agent_key); });
}

/// `unknown command "drian"; did you mean "drain"?`
std::string unknown_word(const CLI::App& program, const std::string& word) {
  const std::vector<CLI::App*> given = program.get_subcommands();
  const CLI::App& where = given.empty() ? program : *given.back();
  std::vector<std::string> known;
  const bool option = word.starts_with('-');
  if (option) {
    for (const CLI::App* app : {&where, &program}) {
      for (const CLI::Option* one : app->get_options()) {
        for (const std::string& name : one->get_lnames()) known.push_back("--" + name);
      }
    }
  } else if (given.empty()) {
    for (const CLI::App* command : program.get_subcommands({})) {
      known.push_back(command->get_name());
    }
  }
  const std::vector<std::string_view> words(known.begin(), known.end());
  const auto near = nearest_word(word, words);
  const char* what = option ? "option" : given.empty() ? "command" : "argument";
  return fmt::format("unknown {} \"{}\"; {}", what, word,
                     near ? fmt::format("did you mean \"{}\"?", *near) : "see rollcallctl --help");
}

int run(int argc, char** argv) {
  CLI::App program("The operator's command line of the Rollcall nameserver.", "rollcallctl");
  Arguments arguments;
  int code = kDone;
  program.add_option(
      "-c,--config", arguments.config,
      fmt::format("The configuration, which names the control socket [{}].", app::kConfigFile));
  program.add_option("-s,--socket", arguments.socket, "The server's control socket.");
  program.add_flag("--json", arguments.as_json, "Print JSON, one object a line.");
  program.set_version_flag("--version", "rollcallctl " ROLLCALL_VERSION);
  program.require_subcommand(1);
  program.fallthrough();  // -c, -s and --json are allowed after the command too
  add_commands(program, arguments, code);
  add_override_commands(program, arguments, code);
  add_thaw(program, arguments, code);
  add_alert(program, arguments, code);
  add_convert(program, arguments, code);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    // CLI11 reports a missing command before it reports unknown words.
    const std::vector<std::string> unknown = program.remaining(true);
    if (error.get_exit_code() != 0 && !unknown.empty()) {
      return complain(unknown_word(program, unknown[0]), kWrongUsage);
    }
    return app::print_usage(program, error) == 0 ? kDone : kWrongUsage;
  }
  if (std::fflush(stdout) != 0) {
    return complain(fmt::format("cannot write: {}", std::strerror(errno)), kFailed);
  }
  return code;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    return complain(error.what(), kFailed);
  }
}
