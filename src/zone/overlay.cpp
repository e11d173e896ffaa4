#include "zone/overlay.hpp"

#include <algorithm>

#include "zone/node_layout.hpp"

namespace rollcall::zone {

OverlayNodePtr gone_node(Bytes name) {
  const std::size_t units = (sizeof(NodeHeader) + name.size() + 3) / 4;
  auto memory = std::make_unique_for_overwrite<std::uint32_t[]>(units);
  LayoutCursor out(memory.get());
  std::uint8_t* const start = out.leave<NodeHeader>();
  out.bytes(name);
  out.pad();
  const NodeHeader header{.name_size = static_cast<std::uint8_t>(name.size())};
  std::memcpy(start, &header, sizeof(header));
  return std::make_shared<const OverlayNode>(std::move(memory), units, true);
}

void Overlay::put(std::uint64_t hash, OverlayNodePtr node) {
  const Bytes name = node->header().name();
  replace(hash, name, std::move(node));
}

void Overlay::remove(std::uint64_t hash, Bytes name) {
  if (find(hash, name) == nullptr) return;
  replace(hash, name, nullptr);
  if (size_ == 0) root_.reset();
}

/// @param node null: the name's entry is taken out
void Overlay::replace(std::uint64_t hash, Bytes name, OverlayNodePtr node) {
  auto root = root_ ? std::make_shared<Root>(*root_) : std::make_shared<Root>();
  auto& branch_at = (*root)[upper(hash)];
  auto branch = branch_at ? std::make_shared<Branch>(*branch_at) : std::make_shared<Branch>();
  auto& bucket_at = (*branch)[lower(hash)];
  auto bucket = std::make_shared<Bucket>();
  bucket->reserve((bucket_at ? bucket_at->size() : 0) + 1);
  if (bucket_at) {
    std::ranges::copy_if(*bucket_at, std::back_inserter(*bucket), [&](const Entry& entry) {
      const bool same = entry.hash == hash && same_octets(entry.node->header().name(), name);
      if (same) memory_ -= entry.node->memory();
      size_ -= same ? 1 : 0;
      return !same;
    });
  }
  if (node) {
    memory_ += node->memory();
    ++size_;
    bucket->push_back({hash, std::move(node)});
  }
  bucket_at = std::move(bucket);
  branch_at = std::move(branch);
  root_ = std::move(root);
}

}  // namespace rollcall::zone
