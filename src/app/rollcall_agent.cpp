/// rollcall-agent: runs on each node and restarts the services that it was told it may restart.
#include <fmt/format.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>

#include "app/agent_files.hpp"
#include "app/print.hpp"
#include "config/agent_options.hpp"
#include "server/agent_service.hpp"
#include "server/file_reader.hpp"
#include "server/log_format.hpp"
#include "server/reaper.hpp"
#include "server/sd_notify.hpp"

namespace {

using namespace rollcall;
namespace asio = boost::asio;

constexpr int kRefused = 1;
constexpr int kWrongUsage = 2;
constexpr std::size_t kConfigFileLimit = 1 << 20;

/// Everything that the agent starts with, read and checked.
struct Setup {
  config::AgentOptions options;
  server::PskKey key;
  bool scripts_are_good = true;
};

/// Says on stderr what is wrong.
std::optional<Setup> read_setup(const std::string& path) {
  const auto text = server::read_text_file(path, kConfigFileLimit);
  if (!text) {
    spdlog::error("{}", text.error().message);
    return std::nullopt;
  }
  auto parsed = config::parse_agent_options(*text, path);
  app::print_error(parsed.diagnostics);
  if (!parsed.options) return std::nullopt;
  auto key = server::read_psk_key_file(parsed.options->key_file);
  if (!key) {
    spdlog::error("{}", key.error().message);
    return std::nullopt;
  }
  if (!key->warning.empty()) spdlog::warn("{}", key->warning);
  if (::access(server::reaper_path().c_str(), X_OK) != 0) {
    spdlog::error("{} cannot be run: without it no service can be restarted",
                  server::reaper_path());
    return std::nullopt;
  }
  // A script may come later, with the service: it is asked for again at each restart.
  const Diagnostics scripts = app::check_scripts(*parsed.options);
  app::print_error(scripts);
  return Setup{std::move(*parsed.options), key->key, !has_errors(scripts)};
}

std::string restartable(const config::AgentOptions& options) {
  const std::size_t count = options.services.size();
  return fmt::format("{} restartable service{}", count, count == 1 ? "" : "s");
}

server::AllowList allow_list(const config::AgentOptions& options) {
  server::AllowList list;
  for (const auto& [name, service] : options.services) {
    // Scripts are run in "/", so a path relative to this folder has to be made whole.
    std::string script = service.script;
    if (!script.empty()) script = std::filesystem::absolute(script).lexically_normal().string();
    list[name] = {.unit = service.unit, .script = std::move(script), .pid_file = service.pid_file};
  }
  return list;
}

/// @param running what it was started with
void reload(const std::string& path, const Setup& running, server::AgentService& service) {
  const auto setup = read_setup(path);
  if (!setup) {
    spdlog::error("SIGHUP: {} is refused, the old services and the old key stay", path);
    return;
  }
  if (const auto changed = service.set_key(setup->key); !changed) {
    spdlog::error("SIGHUP: the old services and the old key stay: {}", changed.error().message);
    return;
  }
  service.set_services(allow_list(setup->options), setup->options.time_limit);
  spdlog::info("SIGHUP: {}", restartable(setup->options));
  if (setup->options.listen != running.options.listen) {
    spdlog::warn("SIGHUP: listen: {} takes a restart of the agent, which listens on {}",
                 setup->options.listen.to_string(), running.options.listen.to_string());
  }
}

/// Until SIGTERM or SIGINT. The next one after it does not wait for a running restart.
asio::awaitable<void> obey_signals(asio::signal_set& signals, const std::string& path,
                                   const Setup& setup, server::AgentService& service) {
  for (;;) {
    const auto [error, signal] = co_await signals.async_wait(server::as_value);
    if (error) co_return;
    if (signal != SIGHUP) break;
    reload(path, setup, service);
  }
  server::sd_notify("STOPPING=1");
  spdlog::info("stops");
  signals.async_wait([&service](const server::ErrorCode& error, int) {
    if (!error) service.abort();
  });
  co_await service.stop();
  signals.cancel();
}

int run(const std::string& path, const Setup& setup) {
  asio::io_context io(1);
  int status = 0;
  const auto failed = [&status](const std::string& why) {
    spdlog::critical(
        "no connection can be accepted any more: {}: ending, so that a supervisor "
        "starts the agent anew",
        why);
    status = kRefused;
    std::raise(SIGTERM);  // the usual end
  };
  server::AgentService service(io.get_executor(), {.listen = setup.options.listen,
                                                   .key = setup.key,
                                                   .time_limit = setup.options.time_limit,
                                                   .services = allow_list(setup.options),
                                                   .failed = failed});
  asio::signal_set signals(io, SIGTERM, SIGINT, SIGHUP);
  const auto where = service.start();
  if (!where) {
    spdlog::error("{}", where.error().message);
    return kRefused;
  }
  server::TaskGroup tasks(io.get_executor());
  tasks.start(obey_signals(signals, path, setup, service));
  spdlog::info("rollcall-agent {} listens on {}, {}", ROLLCALL_VERSION, where->to_string(),
               restartable(setup.options));
  server::sd_notify("READY=1");
  io.run();
  return status;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_default_logger(spdlog::stderr_logger_mt("rollcall-agent"));
  spdlog::set_formatter(server::log_formatter());
  std::signal(SIGPIPE, SIG_IGN);

  CLI::App program("Restarts the services of this node for a Rollcall nameserver.",
                   "rollcall-agent");
  std::string path = "/etc/rollcall/agent.yaml";
  bool check = false;
  program.add_option("-c,--config", path, "The configuration file.")->capture_default_str();
  program.add_flag("--check", check, "Check the configuration and the key, and end.");
  program.set_version_flag("--version", "rollcall-agent " ROLLCALL_VERSION);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app::print_usage(program, error) == 0 ? 0 : kWrongUsage;
  }
  try {
    auto setup = read_setup(path);
    if (!setup) return kRefused;
    if (!check) return run(path, *setup);
    if (!setup->scripts_are_good) return kRefused;
    app::print_out(fmt::format("{}: OK, {}", path, restartable(setup->options)));
    return 0;
  } catch (const std::exception& error) {
    spdlog::error("{}", error.what());
    return kRefused;
  }
}
