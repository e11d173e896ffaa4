/// rollcalld: the nameserver with its health checks.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>

#include "app/check_files.hpp"
#include "app/settings.hpp"
#include "server/daemon.hpp"

namespace {

using namespace rollcall;

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

void print(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    std::fputs((to_string(diagnostic) + "\n").c_str(), stderr);
  }
}

int serve(const std::string& config_file) {
  auto read = app::read_settings(config_file);
  if (!read) {
    print(read.error());
    return kFailed;
  }
  print(read->warnings);
  const auto reread = [config_file]() -> Result<server::Settings, Diagnostics> {
    auto again = app::read_settings(config_file);
    if (!again) return std::unexpected(std::move(again.error()));
    print(again->warnings);
    return std::move(again->settings);
  };
  server::Daemon daemon(std::move(read->settings), reread);
  if (const auto ended = daemon.run(); !ended) {
    spdlog::critical("{}", ended.error().message);
    return kFailed;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("An authoritative nameserver that answers only with the services that are present.",
               "rollcalld");
  app.set_version_flag("--version", "rollcalld " ROLLCALL_VERSION);
  std::string config_file = "/etc/rollcall/rollcall.yaml";
  bool check = false;
  app.add_option("-c,--config", config_file, "The configuration file.")->capture_default_str();
  app.add_flag("--check", check, "Check the configuration, the keys and every zone, and end.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a peer that is gone is an error value
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rollcalld"));
  spdlog::set_pattern("%Y-%m-%dT%H:%M:%S.%e %l: %v");
  try {
    return check ? app::run_check(config_file) : serve(config_file);
  } catch (const std::exception& error) {
    spdlog::critical("{}", error.what());
    return kFailed;
  }
}
