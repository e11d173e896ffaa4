#include "sim/nodes.hpp"

#include <algorithm>

namespace rollcall::sim {

using roll::NodeTask;

std::vector<pool::TakeOverSpec> Nodes::take_overs() const {
  pool::TakeOverSpec spec{
      .address = *IpAddress::parse("192.0.2.240"), .owner = nodes_.begin()->first, .takers = {}};
  for (const auto& [address, node] : nodes_) {
    if (address != spec.owner) spec.takers.push_back(address);
  }
  return {spec};
}

void Nodes::upset() {
  auto victim = nodes_.begin();
  std::advance(victim, random_.below(3));
  Node& node = victim->second;
  switch (random_.below(8)) {
    case 0:
      node.powered = !node.powered;
      node.holds = node.holds && node.powered;  // no node has it at boot
      break;
    case 1:
      node.seen = !node.seen;
      break;
    case 2:
      node.linked = !node.linked;
      break;
    case 3:
    case 4:
      node.powered = node.seen = node.linked = true;
      break;
    default:
      break;
  }
}

bool Nodes::answers_ping(const IpAddress& address) const {
  const Node& node = nodes_.at(address);
  return node.powered && node.seen;
}

roll::NodeReplied Nodes::perform(const roll::AskNode& ask) {
  open_.emplace(ask.ask, subject_of(ask));
  roll::NodeReplied reply{.ask = ask.ask, .ok = true};
  const auto found = nodes_.find(ask.node);
  if (found == nodes_.end()) {  // a member: its agent forwards a port, or does not
    reply.ok = random_.below(4) != 0;
    return reply;
  }
  Node& node = found->second;
  const auto sees = [&](const Node& other) {
    return node.powered && node.linked && other.powered && other.linked;
  };
  reply.ok = node.powered && node.seen && random_.below(20) != 0;
  if (!reply.ok) return reply;
  reply.holds = node.holds;
  reply.owner_answers = ask.node == ask.owner || sees(nodes_.at(ask.owner));
  for (const auto& [address, other] : nodes_) {
    reply.contested |= address != ask.node && other.holds && sees(other);
  }
  if (ask.task == NodeTask::look) return reply;
  if (ask.task == NodeTask::give_back) {
    node.holds = false;
  } else if (!node.holds) {
    reply.ok = !reply.contested && (ask.node == ask.owner || !reply.owner_answers);
    node.holds = reply.ok;
    taken_ += reply.ok && ask.node != ask.owner ? 1U : 0U;
  }
  reply.ok = reply.ok && random_.below(20) != 0;  // the reply is lost
  return reply;
}

Duration Nodes::delay() {
  return std::chrono::milliseconds(random_.below(8000));
}

void Nodes::replied(const roll::NodeReplied& reply) {
  open_.erase(reply.ask);
}

std::string Nodes::fault(const roll::AskNode& ask, bool frozen) const {
  const bool busy =
      std::ranges::any_of(open_, [&](const auto& open) { return open.second == subject_of(ask); });
  if (busy) return "two requests at once about " + subject_of(ask).to_string();
  const bool begins =
      ask.task == NodeTask::forward || (ask.task == NodeTask::take && ask.node != ask.owner);
  if (begins && frozen) return "something begins that may be our own fault";
  return {};
}

IpAddress Nodes::subject_of(const roll::AskNode& ask) {
  const bool forwards = ask.task == NodeTask::forward || ask.task == NodeTask::end_forward;
  return forwards ? ask.node : ask.address;
}

}  // namespace rollcall::sim
