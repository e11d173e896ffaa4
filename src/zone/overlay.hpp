/// The nodes in which a zone differs from its base (zone.hpp). A persistent tree: a change makes a
/// new overlay that shares all but a few hundred octets with the old one, which its readers keep.
///
/// Two tables of 64 places lead to a bucket by the hash of the name. That is made for some ten
/// thousand names; with many more, the zone's owner makes one base of both.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/bytes.hpp"
#include "core/octets.hpp"
#include "zone/node.hpp"

namespace rollcall::zone {

/// A node outside the base's arena.
class OverlayNode {
 public:
  /// @param memory a node as node.hpp has it; only header and name where it is gone
  /// @param units of 4 octets in `memory`
  /// @param gone the name is in the base, and in the zone no longer
  OverlayNode(std::unique_ptr<std::uint32_t[]> memory, std::size_t units, bool gone)
      : memory_(std::move(memory)), units_(units), gone_(gone) {}

  const NodeHeader& header() const noexcept {
    return *reinterpret_cast<const NodeHeader*>(memory_.get());
  }
  /// Null where the name is gone.
  const NodeHeader* node() const noexcept { return gone_ ? nullptr : &header(); }
  std::size_t memory() const noexcept { return sizeof(OverlayNode) + units_ * 4; }  // octets

 private:
  std::unique_ptr<std::uint32_t[]> memory_;
  std::size_t units_;
  bool gone_;
};

using OverlayNodePtr = std::shared_ptr<const OverlayNode>;

/// The sign that a name of the base is gone.
OverlayNodePtr gone_node(Bytes name);

class Overlay {
 public:
  bool empty() const noexcept { return root_ == nullptr; }
  std::size_t size() const noexcept { return size_; }      // names
  std::size_t memory() const noexcept { return memory_; }  // octets of the nodes

  /// @return null where the name is as in the base
  const OverlayNode* find(std::uint64_t hash, Bytes name) const noexcept {
    const Bucket* const bucket = bucket_of(hash);
    if (bucket == nullptr) return nullptr;
    for (const Entry& entry : *bucket) {
      if (entry.hash == hash && same_octets(entry.node->header().name(), name)) {
        return entry.node.get();
      }
    }
    return nullptr;
  }
  /// The first one with that hash; its name is not compared.
  const OverlayNode* guess(std::uint64_t hash) const noexcept {
    const Bucket* const bucket = bucket_of(hash);
    if (bucket == nullptr) return nullptr;
    for (const Entry& entry : *bucket) {
      if (entry.hash == hash) return entry.node.get();
    }
    return nullptr;
  }

  /// Puts a node in the place of the one of the same name, if there is one.
  void put(std::uint64_t hash, OverlayNodePtr node);
  /// The name is as in the base again.
  void remove(std::uint64_t hash, Bytes name);

  template <class Each>
  void for_each(Each each) const {
    if (!root_) return;
    for (const auto& branch : *root_) {
      if (!branch) continue;
      for (const auto& bucket : *branch) {
        if (!bucket) continue;
        for (const Entry& entry : *bucket) each(entry.hash, entry.node);
      }
    }
  }

 private:
  struct Entry {
    std::uint64_t hash;
    OverlayNodePtr node;
  };
  static constexpr std::size_t kPlaces = 64;
  using Bucket = std::vector<Entry>;
  using Branch = std::array<std::shared_ptr<const Bucket>, kPlaces>;
  using Root = std::array<std::shared_ptr<const Branch>, kPlaces>;

  static std::size_t upper(std::uint64_t hash) noexcept { return hash >> 58; }
  static std::size_t lower(std::uint64_t hash) noexcept { return hash >> 52 & (kPlaces - 1); }

  const Bucket* bucket_of(std::uint64_t hash) const noexcept {
    if (!root_) return nullptr;
    const Branch* const branch = (*root_)[upper(hash)].get();
    return branch == nullptr ? nullptr : (*branch)[lower(hash)].get();
  }
  void replace(std::uint64_t hash, Bytes name, OverlayNodePtr node);

  std::shared_ptr<const Root> root_;  // null: empty
  std::size_t size_ = 0;
  std::size_t memory_ = 0;
};

}  // namespace rollcall::zone
