/// rollcall-agent: runs on each node and restarts the services in its allow-list.
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <filesystem>
#include <memory>

#include "agent/agent_files.hpp"
#include "agent/agent_options.hpp"
#include "agent/agent_service.hpp"
#include "app/usage.hpp"
#include "files/file_readers.hpp"
#include "log/log_queue.hpp"
#include "log/print.hpp"
#include "process/reaper.hpp"
#include "process/sd_notify.hpp"
#include "takeover/check_rights.hpp"

namespace {

using namespace rollcall;
namespace asio = boost::asio;

constexpr int kRefused = 1;
constexpr int kWrongUsage = 2;
constexpr std::size_t kConfigFileLimit = 1 << 20;

/// The files of the agent, read and checked.
struct Setup {
  agent::AgentOptions options;
  agent::AgentClients clients;
};

/// Blocks: call on a thread that may wait.
/// @param found gets the errors and warnings
std::optional<Setup> read_setup(const std::string& path, const files::ReadText& read,
                                Diagnostics& found) {
  const auto file = read(path, {.limit = kConfigFileLimit});
  if (!file) {
    found.push_back({Severity::error, {}, file.error().message});
    return std::nullopt;
  }
  auto parsed = agent::parse_agent_options(file->text, path);
  found = std::move(parsed.diagnostics);
  if (!parsed.options) return std::nullopt;
  auto clients = agent::read_clients(*parsed.options, read, found);
  if (!clients) return std::nullopt;
  const auto reaper = read(process::reaper_path(), {.look_for = X_OK});
  if (!reaper || reaper->problem != 0) {
    found.push_back(
        {Severity::error,
         {},
         process::reaper_path() + " cannot be run: without it no service can be restarted"});
    return std::nullopt;
  }
  // A script may be installed later, with its service: each restart checks for it again.
  const Diagnostics scripts = agent::check_scripts(*parsed.options, read);
  found.insert(found.end(), scripts.begin(), scripts.end());
  const Diagnostics rights = takeover::check_rights(parsed.options->rights);
  found.insert(found.end(), rights.begin(), rights.end());
  return Setup{std::move(*parsed.options), std::move(*clients)};
}

std::string restartable(const agent::AgentOptions& options) {
  const std::size_t count = options.services.size();
  return fmt::format("{} restartable service{}{}", count, count == 1 ? "" : "s",
                     options.any_script ? ", and any script in " + options.scripts_path : "");
}

void log(const Diagnostics& diagnostics) {
  for (const Diagnostic& diagnostic : diagnostics) {
    const bool error = diagnostic.severity == Severity::error;
    spdlog::log(error ? spdlog::level::err : spdlog::level::warn, "{}", to_log_line(diagnostic));
  }
}

/// Scripts are run in "/", so a path relative to this folder must be made absolute.
std::string absolute(const std::string& path) {
  return std::filesystem::absolute(path).lexically_normal().string();
}

service::AllowList allow_list(const agent::AgentOptions& options) {
  service::AllowList list;
  for (const auto& [name, service] : options.services) {
    list[name] = {.unit = service.unit,
                  .script = service.script.empty() ? "" : absolute(service.script),
                  .pid_file = service.pid_file};
  }
  if (options.any_script) list.admit_scripts_of(absolute(options.scripts_path));
  return list;
}

/// The settings and the parts of the running agent.
struct Running {
  const std::string& path;
  const agent::AgentOptions& options;
  agent::AgentService& service;
  files::FileReaders& readers;
  bool reloading = false;
  bool reload_again = false;  // a SIGHUP came during the reload
};

void take(const std::optional<Setup>& setup, Running& running) {
  if (!setup) {
    spdlog::error("SIGHUP: {} refused; services and keys stay unchanged", running.path);
    return;
  }
  if (const auto changed = running.service.set_clients(setup->clients); !changed) {
    spdlog::error("SIGHUP: services and keys stay unchanged: {}", changed.error().message);
    return;
  }
  running.service.set_state_file(setup->options.state_file);
  running.service.set_rights(setup->options.rights);
  running.service.set_services(allow_list(setup->options), setup->options.time_limit);
  spdlog::info("SIGHUP: {}", restartable(setup->options));
  if (setup->options.listen != running.options.listen) {
    spdlog::warn("SIGHUP: listen: {} takes effect at the next start; still listening on {}",
                 setup->options.listen.to_string(), running.options.listen.to_string());
  }
}

/// A hanging file delays nothing else.
asio::awaitable<void> reload(Running& running) {
  running.reloading = true;
  do {
    running.reload_again = false;
    const auto found = std::make_shared<Diagnostics>();
    const std::function<Result<std::optional<Setup>>()> read = [path = running.path, found,
                                                                &readers = running.readers] {
      return read_setup(path, readers.as_function(), *found);
    };
    const auto setup = co_await running.readers.later(running.path, read);
    if (!setup) found->push_back({Severity::error, {}, setup.error().message});
    log(*found);
    take(setup.value_or(std::nullopt), running);
  } while (running.reload_again);
  running.reloading = false;
}

/// Runs until SIGTERM or SIGINT. A second signal does not wait for a running restart.
asio::awaitable<void> obey_signals(asio::signal_set& signals, Running& running,
                                   io::TaskGroup& reloads) {
  for (;;) {
    const auto [error, signal] = co_await signals.async_wait(as_value);
    if (error) co_return;
    if (signal != SIGHUP) break;
    running.reload_again = true;
    if (!running.reloading) reloads.start(reload(running));
  }
  process::sd_notify("STOPPING=1");
  spdlog::info("stopping");
  reloads.cancel();
  signals.async_wait([&running](const ErrorCode& error, int) {
    if (!error) running.service.abort();
  });
  co_await running.service.stop();
  signals.cancel();
}

int run(const std::string& path, const Setup& setup, files::FileReaders& readers) {
  asio::io_context io(1);
  int status = 0;
  const auto failed = [&status](const std::string& why) {
    spdlog::critical(
        "cannot accept connections any more: {}: exiting, so that a supervisor can restart the "
        "agent",
        why);
    status = kRefused;
    std::raise(SIGTERM);  // a normal stop
  };
  agent::AgentService service(io.get_executor(),
                              {.listen = setup.options.listen,
                               .clients = setup.clients,
                               .time_limit = setup.options.time_limit,
                               .services = allow_list(setup.options),
                               .rights = setup.options.rights,
                               .state_file = setup.options.state_file,
                               .failed = failed},
                              readers);
  asio::signal_set signals(io, SIGTERM, SIGINT, SIGHUP);
  const auto where = service.start();
  if (!where) {
    spdlog::error("{}", where.error().message);
    return kRefused;
  }
  io::TaskGroup tasks(io.get_executor());
  io::TaskGroup reloads(io.get_executor());
  Running running{path, setup.options, service, readers};
  tasks.start(obey_signals(signals, running, reloads));
  spdlog::info("rollcall-agent {} listens on {}, {}", ROLLCALL_VERSION, where->to_string(),
               restartable(setup.options));
  process::sd_notify("READY=1");
  io.run();
  readers.stop();
  return status;
}

int complain(const std::string& message) {
  log::print_error(message);
  return kRefused;
}

}  // namespace

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);

  CLI::App program("Restarts the services of this node for a Rollcall nameserver.",
                   "rollcall-agent");
  std::string path = "/etc/rollcall/agent.yaml";
  bool check = false;
  program.add_option("-c,--config", path, "The configuration file.")->capture_default_str();
  program.add_flag("--check", check, "Check the configuration and the keys, and exit.");
  program.set_version_flag("--version", "rollcall-agent " ROLLCALL_VERSION);
  try {
    program.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app::print_usage(program, error) == 0 ? 0 : kWrongUsage;
  }
  try {
    std::unique_ptr<files::FileReaders> readers;
    if (!check) {
      auto started = files::FileReaders::start();
      if (!started) return complain(started.error().message);
      readers = std::move(*started);
      log::start_log("rollcall-agent");
    }
    Diagnostics found;
    auto setup = read_setup(path, readers ? readers->as_function() : files::read_directly(), found);
    if (setup) std::ranges::move(agent::check_user(setup->options), std::back_inserter(found));
    log::print_error(found);
    if (!setup) return kRefused;
    if (!check) {
      if (const std::string wrong = agent::wrong_user(setup->options); !wrong.empty()) {
        return complain(fmt::format("{}: {}", path, wrong));
      }
      return run(path, *setup, *readers);
    }
    if (has_errors(found)) return kRefused;
    log::print_out(fmt::format("{}: OK, {}", path, restartable(setup->options)));
    return 0;
  } catch (const std::exception& error) {
    return complain(error.what());
  }
}
