/// UpdateDesk: replies, and their lines in the log.
#include <spdlog/spdlog.h>

#include <array>

#include "io/clock.hpp"
#include "update/update_desk.hpp"

namespace rollcall::update {
namespace {

using dns::Rcode;

constexpr std::size_t kMaxReplied = 1024;  // signed requests whose replies are kept
constexpr std::size_t kMaxRepliedOctets = std::size_t{4} << 20;  // of these and their replies

}  // namespace

/// Each refusal of a known key is a line; those of strangers are counted.
void UpdateDesk::tell(const Answer& answer) {
  const answer::OpenedUpdate& update = answer.waiting.update;
  const Endpoint& from = answer.waiting.from;
  if (answer.rcode != Rcode::refused && answer.rcode != Rcode::servfail) {
    spdlog::debug("update of {} by {}: {}", update.origin.to_display(), from.to_string(),
                  dns::rcode_name(answer.rcode));
    return;
  }
  const auto line = [&] {
    return answer::describe_refusal(update.packet, update.client.key, from, answer.rcode,
                                    answer.reason);
  };
  if (update.client.key && answer.rcode == Rcode::refused) {
    spdlog::info("{}", line());
  } else {
    log_.note(spdlog::level::info, update.client.address, "update refused", io::monotonic_now(),
              line);
  }
}

void UpdateDesk::reply(Answer& answer) {
  answer::OpenedUpdate& update = answer.waiting.update;
  tell(answer);
  std::array<std::uint8_t, dns::kEdnsUdpSize> out;
  const answer::UpdateReply said{answer.rcode, answer.extended_error, answer.reason};
  const bool is_signed = update.signature.has_value();
  const std::size_t size =
      answer::write_update_reply(update.packet, said, update.signature, out, io::wall_now());
  if (size == 0) return;
  const Bytes octets = Bytes(out).first(size);
  if (is_signed && answer.rcode != Rcode::servfail) remember(update.packet, octets);
  answer.waiting.reply(octets);
}

/// A retransmission is the same in each octet, signature included: it is made once.
bool UpdateDesk::reply_again(answer::WaitingUpdate& waiting) {
  const auto found = replied_.find(std::string(as_text(waiting.update.packet)));
  if (found == replied_.end()) return false;
  waiting.reply(found->second);
  return true;
}

void UpdateDesk::remember(const std::vector<std::uint8_t>& packet, Bytes reply) {
  const auto [kept, fresh] =
      replied_.try_emplace(std::string(as_text(packet)), reply.begin(), reply.end());
  if (!fresh) return;
  replied_order_.push_back(&kept->first);
  replied_octets_ += packet.size() + reply.size();
  while (replied_order_.size() > kMaxReplied || replied_octets_ > kMaxRepliedOctets) {
    const auto oldest = replied_.find(*replied_order_.front());
    replied_octets_ -= oldest->first.size() + oldest->second.size();
    replied_order_.pop_front();
    replied_.erase(oldest);
  }
}

}  // namespace rollcall::update
