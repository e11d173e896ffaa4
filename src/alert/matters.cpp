#include "alert/matters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/counted.hpp"

namespace rollcall::alert {
namespace {

constexpr std::size_t kNamesShown = 8;

using Group = std::vector<const Told*>;

std::string names_of(const Group& group, std::string Told::* which) {
  std::set<std::string> names;
  for (const Told* told : group) {
    if (!(told->*which).empty()) names.insert(told->*which);
  }
  std::string text;
  std::size_t shown = 0;
  for (const std::string& name : names) {
    if (shown == kNamesShown && names.size() > kNamesShown + 1) break;
    text += (shown++ == 0 ? "" : ", ") + name;
  }
  return shown == names.size() ? text : fmt::format("{} and {} more", text, names.size() - shown);
}

/// ": connection refused", with a hint where the reasons differ.
std::string cause_of(const Group& group) {
  std::map<std::string_view, std::size_t> counts;
  for (const Told* told : group) ++counts[told->reason];
  const auto most =
      std::ranges::max_element(counts, {}, [](const auto& pair) { return pair.second; });
  if (most->first.empty()) return {};
  return fmt::format(": {}{}", most->first, counts.size() > 1 ? " (and other reasons)" : "");
}

std::string changes(const Told& told) {
  if (told.times == 1) return {};
  return fmt::format(" ({} {})", told.times,
                     told.course == pool::Course::happens ? "times" : "changes");
}

std::size_t distinct(const Group& group, std::string Told::* which) {
  std::set<std::string_view> names;
  for (const Told* told : group) names.insert(told->*which);
  names.erase("");
  return names.size();
}

std::string nouns(std::size_t count, const Told& like) {
  const bool zone = like.noun == "zone";
  return counted(count, zone ? "zone" : "pool", zone ? "zones" : "pools");
}

/// The hosts of a zone's notices are its secondaries.
std::string members(std::size_t count, const Told& like) {
  const bool zone = like.noun == "zone";
  return counted(count, zone ? "secondary" : "member", zone ? "secondaries" : "members");
}

Matter alone(const Told* told) {
  return {{told}, told->line + changes(*told), {}};
}

Matter on_one_host(Group group) {
  const Told& first = *group.front();
  std::string line = fmt::format("{}: {} in {}{}", first.host, first.many,
                                 nouns(distinct(group, &Told::name), first), cause_of(group));
  std::string among = names_of(group, &Told::name);
  return {std::move(group), std::move(line), std::move(among)};
}

Matter in_one_pool(Group group) {
  const Told& first = *group.front();
  std::string line =
      fmt::format("{}: {} {}{}", first.name, members(distinct(group, &Told::host), first),
                  first.many, cause_of(group));
  std::string among = names_of(group, &Told::host);
  return {std::move(group), std::move(line), std::move(among)};
}

Matter of_one_cause(Group group) {
  const Told& first = *group.front();
  const std::size_t hosts = distinct(group, &Told::host);
  const std::string names = nouns(distinct(group, &Told::name), first);
  std::string line = hosts == 0 ? fmt::format("{} {}{}", names, first.many, cause_of(group))
                                : fmt::format("{} {} in {}{}", members(hosts, first), first.many,
                                              names, cause_of(group));
  std::string among = names_of(group, &Told::name);
  return {std::move(group), std::move(line), std::move(among)};
}

/// Takes the groups of at least two that `name_of` forms; the others stay in `left`.
std::vector<Group> take_groups(Group& left, std::string Told::* which) {
  std::map<std::string_view, Group> groups;
  Group rest;
  for (const Told* told : left) {
    (told->host.empty() || told->name.empty() ? rest : groups[told->*which]).push_back(told);
  }
  std::vector<Group> taken;
  for (auto& [name, group] : groups) {
    if (group.size() > 1) {
      taken.push_back(std::move(group));
    } else {
      rest.push_back(group.front());
    }
  }
  left = std::move(rest);
  return taken;
}

/// The notices of one kind.
void add_matters(Group told, std::vector<Matter>& matters) {
  Group left = told;
  std::vector<Matter> found;
  for (Group& group : take_groups(left, &Told::host))
    found.push_back(on_one_host(std::move(group)));
  for (Group& group : take_groups(left, &Told::name))
    found.push_back(in_one_pool(std::move(group)));
  for (const Told* one : left) found.push_back(alone(one));
  const bool names = std::ranges::none_of(told, [](const Told* one) { return one->name.empty(); });
  if (found.size() > kGroupsOfAKind && names) {
    found.clear();
    std::map<std::string_view, Group> causes;
    for (const Told* one : told) causes[one->reason].push_back(one);
    if (causes.size() > kGroupsOfAKind) {
      found.push_back(of_one_cause(std::move(told)));
    } else {
      for (auto& [cause, group] : causes) {
        found.push_back(group.size() == 1 ? alone(group.front()) : of_one_cause(std::move(group)));
      }
    }
  }
  std::ranges::move(found, std::back_inserter(matters));
}

int rank_of(const Told& told) {
  const int course = told.course == pool::Course::begins    ? 0
                     : told.course == pool::Course::happens ? 1
                                                            : 2;
  return -10 * static_cast<int>(told.level) + course;
}

}  // namespace

std::vector<Matter> matters_of(const Batch& batch) {
  std::map<std::string_view, Group> kinds;
  std::vector<std::string_view> order;
  for (const Told& told : batch.told) {
    Group& group = kinds[told.kind];
    if (group.empty()) order.push_back(told.kind);
    group.push_back(&told);
  }
  std::vector<Matter> matters;
  for (const std::string_view kind : order) add_matters(std::move(kinds[kind]), matters);
  std::ranges::stable_sort(matters, {}, [](const Matter& matter) {
    return std::pair(rank_of(*matter.told.front()), -static_cast<long>(matter.told.size()));
  });
  return matters;
}

}  // namespace rollcall::alert
