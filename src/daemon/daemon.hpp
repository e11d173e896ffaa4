/// The whole of rollcalld: the roster on its strand, and the code that turns its effects into I/O
/// and I/O into its events.
///
/// Threads: the control strand (the thread that calls run(): roster, probes, agents, NOTIFY,
/// control socket, signals), one for each UDP socket, one for TCP, one that reads the configuration
/// and loads zones, one that makes dynamic updates, one for exchanges with primaries, those that
/// wait for the files of checks, one that sends mail, one that writes the log, one that guards the
/// end. They share the published catalog and the zones' watch tables, nothing else.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

#include "agent_link/agent_poller.hpp"
#include "answer/responder.hpp"
#include "api/request.hpp"
#include "channel/alert_sender.hpp"
#include "core/pacing.hpp"
#include "core/published.hpp"
#include "daemon/end_guard.hpp"
#include "daemon/said_warnings.hpp"
#include "daemon/settings.hpp"
#include "daemon/shared_journals.hpp"
#include "daemon/zone_loader.hpp"
#include "files/file_readers.hpp"
#include "files/watched_files.hpp"
#include "follow/refresher.hpp"
#include "http/control_socket.hpp"
#include "io/task_group.hpp"
#include "probe/prober.hpp"
#include "probe/tripwires.hpp"
#include "roster/roster.hpp"
#include "store/state_writer.hpp"
#include "transfer/secondary_board.hpp"
#include "transport/primary_client.hpp"
#include "transport/secondary_checks.hpp"
#include "transport/secondary_exchange.hpp"
#include "transport/tcp_server.hpp"
#include "transport/udp_worker.hpp"
#include "update/update_desk.hpp"
#include "zone/catalog.hpp"

namespace rollcall::daemon {

inline constexpr int kPublishPause = 9;  // times as long as a catalog took, until the next
inline constexpr std::chrono::milliseconds kMaxPublishPause{250};

class Daemon {
 public:
  /// @param readers must outlive it, and must have started no thread yet
  Daemon(Settings settings, ReadSettings reread, files::FileReaders& readers);
  ~Daemon();

  /// Binds, loads and serves until SIGTERM or SIGINT.
  /// @return an error if it could not start, or had to end
  Result<void> run();

 private:
  /// The outcome of a reload, for whoever requested it.
  struct ReloadResult {
    std::size_t zones = 0;
    std::size_t refused = 0;
    std::vector<store::CopySource> sources;  // of the zones that were loaded anew
    bool configuration = true;               // false: refused, and no zone was read
    Diagnostics diagnostics;
  };
  using ReloadDone = std::function<void(ReloadResult)>;

  // daemon.cpp: start and end
  struct Sockets {
    std::vector<Endpoint> at, tls_at;
    std::vector<io::Descriptor> tcp, udp, tls;
  };
  Result<Sockets> open_sockets() const;
  void start_workers(Sockets sockets);
  void raise_descriptor_limit() const;
  Result<void> drop_privileges() const;
  void begin(Sockets sockets);
  void await_signals();
  void stop();
  void end();
  void end_with(std::string failure);
  /// The name of this server in alerts.
  const std::string& nameserver() const {
    return settings_.nsid.empty() ? host_name_ : settings_.nsid;
  }
  channel::AlertTargets alert_targets() const;
  answer::TransferPeers transfer_peers() const;

  // readiness.cpp: reports the progress of the start to systemd and the log
  void tell_progress();
  void tell_ready();

  // reload.cpp: settings and zone files
  void configure();
  answer::ResponderOptions responder_options() const;
  void log_fresh(const std::string& what, const Diagnostics& found);
  void reload_for_signal();
  void reload(const std::optional<dns::Name>& zone, ReloadDone done);
  void take_configuration(Result<Settings, Diagnostics> read, ReloadDone done);
  void take_settings(Settings settings);
  void load_zones(const std::optional<dns::Name>& zone, ReloadDone done);
  void end_reload(ReloadResult result, const ReloadDone& done);
  std::vector<zone::ZoneSpecPtr> zone_specs(const std::optional<dns::Name>& zone) const;
  void load_anew(const dns::Name& zone, ReloadDone done);
  void files_changed(std::set<std::string> zones);
  void load_changed();
  void load(std::vector<zone::ZoneSpecPtr> zones, ReloadDone done);
  void take_loaded(ReloadResult& result, LoadedZone loaded);
  asio::awaitable<void> loaded(std::shared_ptr<ReloadResult> result, ReloadDone done);
  void keep_copies(std::vector<store::CopySource> sources);
  asio::awaitable<std::string> handle(api::Request request);
  asio::awaitable<std::string> handle_reload(api::ReloadRequest request);
  asio::awaitable<std::string> handle_restart(api::RestartRequest request);

  // effects.cpp: carries out the roster's effects
  void step(const roll::Event& event);
  void perform(roll::StartProbe& effect);
  void perform(const roll::HoldWire& effect);
  void perform(const roll::DropWire& effect);
  void perform(const roll::StoreLive& effect);
  void perform(const roll::PublishZone& effect);
  void perform(const roll::DropZone& effect);
  void perform(const roll::SendNotify& effect);
  void perform(const roll::RestartService& effect);
  void perform(const roll::RestartRefused& effect);
  void perform(const roll::AskNode& effect);
  void perform(const pool::Notice& effect);
  void perform(const roll::WakeAt& effect);

  // operator_requests.cpp: overrides, normal, and tests of alerts
  asio::awaitable<std::string> test_alerts();
  void perform(const roll::CommandDone& effect);
  void perform(const roll::SaveOverrides& effect);
  std::string status(const api::StatusRequest& wanted) const;
  asio::awaitable<std::string> command(roll::Event event);

  // agents.cpp: what the agents say of their nodes
  std::set<IpAddress> agent_nodes() const;
  void node_said(const IpAddress& node, const agent_link::AgentStatus& status);
  std::string agents() const;

  // secondaries.cpp: NOTIFY, and how far secondaries have come
  void follow_secondaries();
  void notify(const roll::SendNotify& effect);
  void note_held(const roll::SecondariesHold& held);
  transport::TransferTaken transfer_taken();
  void run_errands();
  asio::awaitable<void> run_errand(transfer::Errand errand);
  void tell_lag(const transfer::LagNews& news);
  std::string secondaries(const api::SecondariesRequest& wanted) const;

  // following.cpp: zones that are transferred from primaries
  void follow(const follow::Event& event);
  void configure_followed();
  answer::TakeNotify take_notify();
  void take_copy(const LoadedZone& loaded);
  transport::PrimaryContact contact_of(const dns::Name& origin, const zone::Primary& primary) const;
  void perform(const follow::AskSerial& effect);
  void perform(const follow::Fetch& effect);
  void perform(const follow::RoundEnded& effect);
  void perform(const follow::Expired& effect);
  void perform(const follow::Revived& effect);
  void perform(const follow::KeepConfirmed& effect);
  void perform(const follow::WakeAt& effect);
  void take_fetched(const follow::Fetch& effect, Result<transport::Fetched> fetched);
  void take_built(follow::Built built, LoadedZone loaded);
  asio::awaitable<std::string> handle_retransfer(api::RetransferRequest request);
  void show_transfers(pool::Status& status) const;

  // updates.cpp: dynamic updates, and the order of versions
  void open_updates(store::StateFolder folder);
  asio::awaitable<std::string> handle_flush(api::FlushRequest request);
  asio::awaitable<std::string> handle_write(api::WriteRequest request);
  void take_versions(std::vector<update::Publication> publications);
  void adopt(std::shared_ptr<ReloadResult> result, LoadedZone loaded);

  // saved_state.cpp: what survives a restart
  Result<void> open_state();
  pool::SavedState load_state(store::StateFolder folder);
  void tell_state_problems();
  void perform(const roll::KeepSerial& effect);
  void perform(const roll::SaveHealth& effect);
  void perform(const roll::SaveRestarts& effect);
  void state_written(const store::WrittenState& written);
  void tell_unwritten(const std::map<std::string, std::string>& problems);
  asio::awaitable<bool> written(std::uint64_t ticket);

  asio::awaitable<void> hold_wire(roll::WireId wire, asio::awaitable<probe::Tripwires::End> held);
  asio::awaitable<void> ask_agent(roll::RestartService request);
  asio::awaitable<void> ask_node(roll::AskNode request);
  void answer_asker(roll::RestartId restart, bool ok, const std::string& text);
  void publish_soon();
  void publish();
  void publish_edited(const roll::PublishZone& effect);
  void free_retired();

  std::optional<EndGuard> end_guard_;  // ends last
  Settings settings_;
  ReadSettings reread_;
  files::FileReaders& readers_;
  const answer::CookieSecret random_cookie_secret_;  // used if the configuration names no file
  asio::io_context strand_{1};                       // one thread runs it: a strand by construction
  std::unique_ptr<store::StateWriter> writer_;
  std::vector<std::string> state_problems_;  // of the start, until alerts can be sent
  std::unique_ptr<roster::Roster> roster_;
  roll::WatchTableSink watch_tables_;
  SharedJournals journals_;
  // Each takes every flip, in order: a secondary that sees a serial finds the way to it.
  std::vector<roll::LiveSink*> live_sinks_{&journals_, &watch_tables_};
  answer::Responder responder_;
  Published<zone::Catalog> catalog_;
  const std::string host_name_;

  // What the next catalog holds.
  std::unordered_map<dns::StoredName, zone::CatalogEntry, dns::NameHash, std::equal_to<>> zones_;
  bool publish_pending_ = false;
  Pacing publishing_{kPublishPause, kMaxPublishPause};
  std::vector<roll::SendNotify> unsent_notifies_;  // until their serials are published
  transfer::SecondaryBoard secondary_board_;
  std::vector<std::shared_ptr<const void>> retired_;  // old versions that workers may still read

  // Zones that are transferred.
  struct Retransfer {
    explicit Retransfer(asio::io_context& strand) : timer(strand) {}
    asio::steady_timer timer;
    std::optional<follow::RoundEnded> outcome;
  };
  follow::Refresher refresher_;
  pool::SavedTransfers saved_transfers_;  // of the last run
  std::map<dns::Name, std::shared_ptr<const zone::Zone>, dns::CanonicalLess>
      withheld_;  // versions that have expired
  std::multimap<dns::Name, std::shared_ptr<Retransfer>, dns::CanonicalLess> retransfers_;
  asio::steady_timer follow_wake_{strand_};

  asio::steady_timer wake_{strand_};
  asio::steady_timer sweep_{strand_};
  asio::steady_timer publish_due_{strand_};
  asio::steady_timer errands_due_{strand_};
  asio::signal_set signals_{strand_};
  probe::Tripwires tripwires_{strand_.get_executor(), settings_.agents};
  agent_link::AgentPoller agent_poller_{
      strand_.get_executor(), settings_.agents, [this] { return agent_nodes(); },
      [this](const IpAddress& node, const agent_link::AgentStatus& status) {
        node_said(node, status);
      }};
  probe::Prober prober_{strand_.get_executor(), readers_,
                        [this](probe::RunId run, health::Outcome outcome) {
                          if (!stopping_) step(roll::ProbeDone{{run.value}, std::move(outcome)});
                        },
                        [this](const std::string& file) {
                          if (!stopping_) step(roll::FileChanged{file});
                        }};
  io::TaskGroup tasks_{strand_.get_executor()};
  transport::SecondaryExchange secondary_exchange_;
  transport::SecondaryChecks secondary_checks_;
  http::ControlSocket control_;
  std::map<roll::RestartId, std::function<void(bool, std::string)>> restart_askers_;
  roll::CommandDone command_done_;                 // of the operator's request under way
  std::optional<std::uint64_t> overrides_ticket_;  // of the same request
  std::uint64_t written_ticket_ = 0;               // of the writer's last round
  std::multimap<std::uint64_t, std::shared_ptr<asio::steady_timer>>
      waiters_;                                   // by the ticket that they wait for
  std::map<std::string, std::string> unwritten_;  // by file: why it was not written
  files::WatchedFiles watched_files_{strand_.get_executor(), readers_,
                                     [this](std::set<std::string> zones) {
                                       if (!stopping_) files_changed(std::move(zones));
                                     }};
  std::set<std::string> changed_zones_;  // whose files have changed since they were read
  std::deque<std::pair<dns::Name, ReloadDone>> to_load_anew_;  // behind the reload under way
  bool reloading_ = false;
  bool reload_again_ = false;
  bool stopping_ = false;
  bool stepping_ = false;
  SaidWarnings said_warnings_;

  // Of the start:
  bool ready_ = false;                  // every zone that could be loaded answers
  std::optional<ReloadResult> loaded_;  // every zone file has been read once
  bool said_waiting_ = false;
  std::size_t zones_read_ = 0;
  Instant progress_told_{};

  std::vector<Endpoint> listening_, listening_tls_;  // where
  std::string failure_;  // why the server had to end; empty: it was told to
  std::unique_ptr<channel::AlertSender> alerts_;
  std::unique_ptr<store::ZoneCopies> copies_;  // before the loader, which reads them
  std::unique_ptr<ZoneLoader> loader_;
  std::unique_ptr<transport::PrimaryClient> primaries_;
  std::unique_ptr<update::UpdateDesk> desk_;
  std::vector<std::unique_ptr<transport::UdpWorker>> udp_workers_;
  std::unique_ptr<transport::TcpServer> tcp_server_;
  std::unique_ptr<transport::TcpServer> tls_server_;  // null: no DNS over TLS
};

}  // namespace rollcall::daemon
