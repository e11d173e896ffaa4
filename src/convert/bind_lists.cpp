#include "convert/bind_lists.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "core/letters.hpp"
#include "core/number.hpp"
#include "dns/encoding.hpp"
#include "dns/message.hpp"
#include "dns/tsig.hpp"

namespace rollcall::convert {
namespace {

constexpr std::size_t kMaxElements = 100;  // of one list: acls in acls can multiply

template <class Element>
void add_once(std::vector<Element>& to, Element element) {
  if (std::ranges::find(to, element) == to.end()) to.push_back(std::move(element));
}

template <class Element>
bool is_full(BindList<Element>& list) {
  if (list.closed) return true;
  if (list.elements.size() + list.problems.size() < kMaxElements) return false;
  if (list.problems.empty() || list.problems.back() != "the list is too long") {
    list.problems.emplace_back("the list is too long");
  }
  return true;
}

/// The value of a substatement: `algorithm hmac-sha256;`.
std::string value_of(const Statement& statement, std::string_view name) {
  for (const Statement& inner : statement.block) {
    if (inner.keyword() == name) return std::string(inner.text(1));
  }
  return {};
}

/// One spelling for all of a key's: "Key.", "key".
std::string key_name(std::string_view text) {
  const auto name = dns::Name::parse(text);
  return name && !name->is_root() ? name->lowered().to_display() : "";
}

/// A name that may be a part of a path.
std::string file_name(const std::string& key) {
  std::string name = lowered(key);
  for (char& c : name) {
    const bool good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (!good) c = '-';
  }
  return name + ".key";
}

}  // namespace

bool BindLists::define(const Statement& statement) {
  const std::string kind = statement.keyword();
  const bool acl = kind == "acl";
  const bool servers = kind == "primaries" || kind == "masters" || kind == "remote-servers";
  if (kind == "server") {
    define_server(statement);
    return true;
  }
  if (!acl && !servers && kind != "key") return false;
  Names& names = acl ? acls_ : servers ? servers_ : keys_;
  const std::string name = kind == "key" ? key_name(statement.text(1)) : lowered(statement.text(1));
  if (!names.emplace(name, Named{&statement}).second) {
    target_.left(statement.where(), fmt::format("{} {} is defined twice", kind, name));
  }
  return true;
}

/// `server 192.0.2.1 { keys NAME; };`
void BindLists::define_server(const Statement& statement) {
  const auto address = IpAddress::parse(statement.text(1));
  for (const Statement& inner : statement.block) {
    const bool keys = inner.keyword() == "keys" || inner.keyword() == "key";
    std::string name(inner.has_block && !inner.block.empty() ? inner.block[0].text(0)
                                                             : inner.text(1));
    const std::string what = fmt::format("server {}: {}", statement.text(1), inner.keyword());
    if (keys && address && !name.empty()) {
      key_of_server_[*address] = key_name(name);
      target_.taken(inner.where(), what + ": for that server's transfers and NOTIFY");
    } else {
      target_.left(inner.where(), what + ": no such setting for one server");
    }
  }
}

std::string BindLists::use_key(const std::string& name) {
  if (const auto known = key_problems_.find(name); known != key_problems_.end()) {
    return known->second;
  }
  std::string& problem = key_problems_[name];
  const auto found = keys_.find(name);
  if (found == keys_.end()) return problem = fmt::format("the key {} is not defined", name);
  found->second.used = true;
  const Statement& statement = *found->second.statement;
  const std::string secret = value_of(statement, "secret");
  const auto algorithm = dns::parse_tsig_algorithm(lowered(value_of(statement, "algorithm")));
  std::vector<std::uint8_t> octets;
  if (!algorithm || !dns::from_base64(secret, octets) || octets.empty() || name.empty()) {
    problem = fmt::format("the key {} needs a known algorithm and a secret in base64", name);
    target_.left(statement.where(), problem);
    return problem;
  }
  const std::string path = target_.free_path("keys", file_name(name));
  target_.add_file(path, {fmt::format("key \"{}\" {{ algorithm {}; secret \"{}\"; }};\n", name,
                                      dns::tsig_algorithm_name(*algorithm), secret),
                          true});
  Settings settings{{"secret_file", path}};
  if (*algorithm == dns::TsigAlgorithm::hmac_md5) settings.push_back({"allow_md5", "true"});
  target_.keys.push_back({name, std::move(settings)});
  target_.taken(statement.where(), fmt::format("key {}: its secret is in {}", name, path));
  return problem;
}

BindList<std::string> BindLists::grants(const Statement& list) {
  BindList<std::string> found;
  add_grants(list, found);
  return found;
}

void BindLists::add_grants(const Statement& list, BindList<std::string>& found) {
  for (const Statement& element : list.block) {
    if (is_full(found)) return;
    add_grant(element, found);
  }
}

void BindLists::add_grant(const Statement& element, BindList<std::string>& found) {
  const std::string word = element.keyword();
  if (word.starts_with('!')) {
    // BIND takes the first element that matches: what follows may only be meant without this one.
    found.problems.push_back(fmt::format(
        "{}: Rollcall has no exceptions in a list; neither this nor what follows is taken over",
        word.size() > 1 ? word : "!"));
    found.closed = true;
  } else if (element.has_block) {
    add_grants(element, found);
  } else if (word == "key") {
    const std::string name = key_name(element.text(1));
    const std::string problem = use_key(name);
    if (problem.empty()) add_once(found.elements, "key:" + name);
    if (!problem.empty()) found.problems.push_back(problem);
  } else if (word == "any") {
    add_once<std::string>(found.elements, "0.0.0.0/0");
    add_once<std::string>(found.elements, "::/0");
  } else if (word == "localhost") {
    add_once<std::string>(found.elements, "127.0.0.1");
    add_once<std::string>(found.elements, "::1");
  } else if (const auto prefix = IpPrefix::parse(element.text(0))) {
    const bool block = element.text(0).contains('/');
    add_once(found.elements, block ? prefix->to_string() : prefix->address.to_string());
  } else if (const auto acl = acls_.find(word); acl != acls_.end()) {
    acl->second.used = true;
    if (!open_.insert(word).second) {
      found.problems.push_back(fmt::format("the acl {} contains itself", word));
      return;
    }
    add_grants(*acl->second.statement, found);
    open_.erase(word);
  } else if (word != "none") {
    found.problems.push_back(fmt::format("{} is neither an address, a block nor an acl", word));
  }
}

BindList<BindPeer> BindLists::peers(const Statement& list) {
  BindList<BindPeer> found;
  add_peers(list, found);
  return found;
}

void BindLists::add_peers(const Statement& list, BindList<BindPeer>& found) {
  const std::string_view default_port = list.after("port");
  for (const Statement& element : list.block) {
    if (is_full(found)) return;
    const std::string word = element.keyword();
    if (const auto names = servers_.find(word); names != servers_.end()) {
      names->second.used = true;
      if (!open_.insert(word).second) continue;
      add_peers(*names->second.statement, found);
      open_.erase(word);
      continue;
    }
    const std::string_view own = element.after("port");
    const std::string_view port_text = own.empty() ? default_port : own;
    const auto port =
        port_text.empty() ? std::optional(dns::kPort) : parse_number<std::uint16_t>(port_text);
    const auto address = IpAddress::parse(element.text(0));
    if (!address || !port || *port == 0) {
      found.problems.push_back(fmt::format("{} is no address of a server", element.text(0)));
      continue;
    }
    BindPeer peer{{*address, *port}, key_name(element.after("key"))};
    if (peer.key.empty() && !element.after("key").empty()) {
      found.problems.push_back(fmt::format("{}: its key has no name", element.text(0)));
      continue;
    }
    if (const auto of = key_of_server_.find(*address);
        peer.key.empty() && of != key_of_server_.end()) {
      peer.key = of->second;
    }
    const std::string problem = peer.key.empty() ? "" : use_key(peer.key);
    if (!problem.empty()) found.problems.push_back(problem);
    if (problem.empty()) add_once(found.elements, peer);
  }
}

void BindLists::report_unused() {
  for (const auto& [names, kind] :
       {std::pair{&acls_, "acl"}, {&keys_, "key"}, {&servers_, "list of servers"}}) {
    for (const auto& [name, named] : *names) {
      const SourcePosition where = named.statement->where();
      if (!named.used) {
        target_.left(where, fmt::format("{} {}: nothing that is taken over uses it", kind, name));
      } else if (names != &keys_) {
        target_.taken(where, fmt::format("{} {}: its elements, where it is used", kind, name));
      }
    }
  }
}

}  // namespace rollcall::convert
