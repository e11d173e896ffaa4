/// Dynamic updates on their way from a UDP socket to the thread that makes them, and the replies.
#pragma once

#include <memory>

#include "answer/update_door.hpp"
#include "core/instant.hpp"
#include "io/descriptor.hpp"
#include "transport/udp_batch.hpp"
#include "zone/catalog.hpp"

namespace rollcall::transport {

/// One worker's.
class UpdateLetters {
 public:
  /// Replies are sent by a duplicate of the socket, which lives until the last of them.
  UpdateLetters(answer::UpdateSink& sink, const io::Descriptor& socket);

  /// Hands request `i` on, or writes the refusal into the batch's room.
  /// @return the size of the refusal; 0: the reply comes later, or none is due
  std::size_t take(const zone::Catalog& catalog, UdpBatch& batch, unsigned i,
                   WallTime now) noexcept;

 private:
  std::size_t take_one(const zone::Catalog& catalog, UdpBatch& batch, unsigned i, WallTime now);

  answer::UpdateSink& sink_;
  std::shared_ptr<const io::Descriptor> socket_;
};

}  // namespace rollcall::transport
