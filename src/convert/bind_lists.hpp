/// What named.conf defines for its zones to refer to: keys, address lists and lists of servers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "convert/named_conf.hpp"
#include "convert/target.hpp"
#include "core/ip_address.hpp"

namespace rollcall::convert {

/// A server of also-notify.
struct BindPeer {
  Endpoint endpoint;
  std::string key;  // empty: none

  bool operator==(const BindPeer&) const = default;
};

template <class Element>
struct BindList {
  std::vector<Element> elements;
  std::vector<std::string> problems;  // one for each element that cannot be taken over
  bool closed = false;                // nothing more is added
};

class BindLists {
 public:
  explicit BindLists(Target& target) : target_(target) {}

  /// Takes in a statement key, acl, primaries, masters, remote-servers or server.
  /// @return false for other statements
  bool define(const Statement& statement);

  /// The elements of an address match list, as `allow_transfer` has them.
  BindList<std::string> grants(const Statement& list);
  /// The servers of also-notify, with the keys that named.conf has for them.
  BindList<BindPeer> peers(const Statement& list);

  /// Reports acls, keys and lists that no zone has used.
  void report_unused();

 private:
  struct Named {
    const Statement* statement = nullptr;
    bool used = false;
  };
  using Names = std::map<std::string, Named>;

  void define_server(const Statement& statement);
  void add_grants(const Statement& list, BindList<std::string>& found);
  void add_grant(const Statement& element, BindList<std::string>& found);
  void add_peers(const Statement& list, BindList<BindPeer>& found);
  /// Writes the key's file at its first use.
  /// @return why it cannot be used; empty where it can
  std::string use_key(const std::string& name);

  Target& target_;
  Names acls_, keys_, servers_;
  std::map<std::string, std::string> key_problems_;  // of the keys that were used; empty: good
  std::map<IpAddress, std::string> key_of_server_;
  std::set<std::string> open_;  // names that are being resolved: a circle ends
};

}  // namespace rollcall::convert
