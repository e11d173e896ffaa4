/// Daemon: asks agents about floating addresses and forwards.
#include <boost/asio/ip/udp.hpp>
#include <boost/asio/post.hpp>

#include "agent_link/agent_client.hpp"
#include "daemon/daemon.hpp"

namespace rollcall::daemon {
namespace {

std::string_view path_of(roll::NodeTask task) {
  switch (task) {
    case roll::NodeTask::look:
      return agent_link::kLookPath;
    case roll::NodeTask::take:
      return agent_link::kTakePath;
    case roll::NodeTask::give_back:
      return agent_link::kGiveBackPath;
    case roll::NodeTask::forward:
      return agent_link::kForwardPath;
    case roll::NodeTask::end_forward:
      break;
  }
  return agent_link::kEndForwardPath;
}

/// The address from which this host probes the member; nothing: there is no way to it. Sends
/// nothing.
std::optional<IpAddress> source_towards(const IpAddress& member, asio::io_context& io) {
  using asio::ip::udp;
  const udp::endpoint there(asio::ip::make_address(member.to_string()), 9);
  ErrorCode error;
  udp::socket socket(io);
  socket.open(there.protocol(), error);
  if (!error) socket.connect(there, error);
  if (error) return std::nullopt;
  const udp::endpoint here = socket.local_endpoint(error);
  return error ? std::nullopt : IpAddress::parse(here.address().to_string());
}

/// @param source see ForwardRequest::from
std::string body_of(const roll::AskNode& request, std::optional<IpAddress> source) {
  if (request.task == roll::NodeTask::forward) {
    return to_body(agent_link::ForwardRequest{.service = request.service,
                                              .to = request.address,
                                              .family = request.address.family(),
                                              .from = source});
  }
  if (request.task == roll::NodeTask::end_forward) {
    return to_body(agent_link::ForwardRequest{
        .service = request.service, .to = {}, .family = request.node.family()});
  }
  return to_body(agent_link::AddressRequest{request.address, request.owner});
}

}  // namespace

void Daemon::perform(const roll::AskNode& effect) {
  tasks_.start(ask_node(effect));
}

asio::awaitable<void> Daemon::ask_node(roll::AskNode request) {
  // Not within the step that requests it: its effects are still being carried out.
  co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
  agent_link::NodeReport report;
  report.error = agent_link::kNoKey;
  report.reached = false;
  if (const agent_link::NamedKey* key = settings_.agents.key_of(request.node)) {
    const Endpoint agent = settings_.agents.agent_of(request.node);
    // An agent that is asked by the other family does not see whence the probes come.
    const bool other = agent.address.family() != request.node.family();
    const bool looks = request.task == roll::NodeTask::look;
    std::string body =
        body_of(request, other ? source_towards(request.node, strand_) : std::nullopt);
    try {
      report = co_await agent_link::ask_node(
          agent, *key, path_of(request.task), std::move(body),
          looks ? agent_link::kLookDeadline : agent_link::kNodeDeadline);
    } catch (const std::exception& error) {  // a reply, too: the roster waits for it
      report.error = error.what();
    }
  }
  if (stopping_) co_return;
  step(roll::NodeReplied{.ask = request.ask,
                         .ok = report.ok,
                         .text = report.error,
                         .reached = report.reached,
                         .holds = report.holds,
                         .owner_answers = report.owner_answers,
                         .contested = report.contested});
}

}  // namespace rollcall::daemon
