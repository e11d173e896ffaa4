#include "query_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "dns/message.hpp"
#include "dns/name.hpp"
#include "dns/record_type.hpp"
#include "query_packet.hpp"

namespace rollcall::bench {
namespace {

// A short list is extended to this length by random draws, so that its order cannot be learnt.
constexpr std::size_t kLeastQueries = 1 << 16;
constexpr std::size_t kOptSize = 11;

struct Rendered {
  std::vector<std::uint8_t> packet;
  std::int8_t rcode = kAnyRcode;
};

Result<std::int8_t> parse_rcode(const std::string& word) {
  if (word.empty()) return kAnyRcode;
  for (const auto rcode : {dns::Rcode::noerror, dns::Rcode::nxdomain, dns::Rcode::refused}) {
    if (word == dns::rcode_name(rcode)) return static_cast<std::int8_t>(rcode);
  }
  return fail(fmt::format("'{}' is no RCODE that can be expected", word));
}

Result<Rendered> render(const std::string& line, bool edns) {
  std::istringstream words(line);
  std::string name_word, type_word, rcode_word;
  words >> name_word >> type_word >> rcode_word;
  const Result<dns::Name> name = dns::Name::parse(name_word);
  if (!name) return fail(name.error().message);
  const std::optional<dns::Type> type = dns::parse_type(type_word);
  if (!type) return fail(fmt::format("'{}' is no record type", type_word));
  const Result<std::int8_t> rcode = parse_rcode(rcode_word);
  if (!rcode) return fail(rcode.error().message);

  const QueryEdns kind = edns ? QueryEdns::dnssec_ok : QueryEdns::none;
  return Rendered{make_query(*name, *type, kind), *rcode};
}

Result<std::vector<Rendered>> read_lines(const QueryListOptions& options) {
  std::ifstream file(options.file);
  if (!file) return fail(fmt::format("{}: cannot be read", options.file));
  std::vector<Rendered> queries;
  std::string line;
  for (unsigned number = 1; std::getline(file, line); ++number) {
    if (line.empty() || line.front() == '#') continue;
    Result<Rendered> query = render(line, options.edns);
    if (!query) return fail(fmt::format("{}:{}: {}", options.file, number, query.error().message));
    queries.push_back(std::move(*query));
  }
  if (queries.empty()) return fail(fmt::format("{}: there is no query in it", options.file));
  return queries;
}

/// Indices of `queries` in the order of sending.
std::vector<std::uint32_t> shuffled(const std::vector<Rendered>& queries,
                                    const QueryListOptions& options) {
  std::mt19937_64 random(options.seed);
  std::vector<std::uint32_t> order(queries.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  while (order.size() < kLeastQueries) {
    order.push_back(static_cast<std::uint32_t>(random() % queries.size()));
  }
  std::ranges::shuffle(order, random);
  if (options.run_length < 2) return order;

  std::map<std::size_t, std::vector<std::uint32_t>> by_size;
  for (const std::uint32_t i : order) by_size[queries[i].packet.size()].push_back(i);
  std::vector<std::span<const std::uint32_t>> runs;
  for (const auto& [size, same] : by_size) {
    for (std::size_t i = 0; i < same.size(); i += options.run_length) {
      const std::size_t length = std::min<std::size_t>(options.run_length, same.size() - i);
      runs.push_back(std::span(same).subspan(i, length));
    }
  }
  std::ranges::shuffle(runs, random);
  std::vector<std::uint32_t> in_runs;
  in_runs.reserve(order.size());
  for (const auto run : runs) in_runs.insert(in_runs.end(), run.begin(), run.end());
  return in_runs;
}

}  // namespace

Result<QueryList> QueryList::read(const QueryListOptions& options) {
  const Result<std::vector<Rendered>> queries = read_lines(options);
  if (!queries) return std::unexpected(queries.error());
  QueryList list;
  list.opt_size_ = options.edns ? kOptSize : 0;
  for (const std::uint32_t i : shuffled(*queries, options)) {
    const Rendered& query = (*queries)[i];
    list.octets_.insert(list.octets_.end(), query.packet.begin(), query.packet.end());
    list.starts_.push_back(static_cast<std::uint32_t>(list.octets_.size()));
    list.rcodes_.push_back(query.rcode);
  }
  return list;
}

}  // namespace rollcall::bench
