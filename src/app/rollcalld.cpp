/// rollcalld: the nameserver with its health checks.
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <CLI/CLI.hpp>
#include <csignal>

#include "app/usage.hpp"
#include "daemon/daemon.hpp"
#include "files/file_readers.hpp"
#include "log/log_format.hpp"
#include "log/log_queue.hpp"
#include "log/print.hpp"
#include "setup/check_files.hpp"
#include "setup/settings.hpp"

namespace {

using namespace rollcall;

constexpr int kFailed = 1;
constexpr int kWrongUsage = 2;

int serve(const std::string& config_file) {
  auto readers = files::FileReaders::start();
  if (!readers) {
    log::print_error(readers.error().message);
    return kFailed;
  }
  log::start_log("rollcalld");
  auto read = setup::read_settings(config_file, (*readers)->as_function());
  if (!read) {
    log::print_error(read.error());
    return kFailed;
  }
  const auto reread = [config_file](const files::ReadText& read_text) {
    return setup::read_settings(config_file, read_text);
  };
  daemon::Daemon daemon(std::move(*read), reread, **readers);
  if (const auto ended = daemon.run(); !ended) {
    spdlog::critical("{}", ended.error().message);
    return kFailed;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App program("An authoritative DNS server with health checks.", "rollcalld");
  program.set_version_flag("--version", "rollcalld " ROLLCALL_VERSION);
  std::string config_file = "/etc/rollcall/rollcall.yaml";
  bool check = false;
  program.add_option("-c,--config", config_file, "The configuration file.")->capture_default_str();
  program.add_flag("--check", check, "Check the configuration, the keys and every zone, and exit.");
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app::print_usage(program, error) == 0 ? 0 : kWrongUsage;
  }
  std::signal(SIGPIPE, SIG_IGN);  // a closed connection is an error value
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rollcalld"));
  spdlog::set_formatter(log::log_formatter());
  try {
    return check ? setup::run_check(config_file) : serve(config_file);
  } catch (const std::exception& error) {
    spdlog::critical("{}", error.what());
    return kFailed;
  }
}
