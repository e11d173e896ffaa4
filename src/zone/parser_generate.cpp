/// $GENERATE range owner [ttl] [class] type rdata: one record for each number of the range.
#include <fmt/format.h>

#include "zone/generate.hpp"
#include "zone/parser.hpp"

namespace rollcall::zone {
namespace {

constexpr std::size_t kRange = 1;  // words of the entry
constexpr std::size_t kOwner = 2;
constexpr std::size_t kRest = 3;

}  // namespace

void Parser::parse_generate(const Entry& entry) {
  if (entry.words.size() <= kRange) return void(missing(entry, kRange, "a range as 1-254"));
  const Result<GenerateRange> range = parse_generate_range(entry.words[kRange].text);
  if (!range) return void(wrong(entry, kRange, range.error().message));
  generated_ += (range->stop - range->start) / range->step + std::uint64_t{1};
  if (generated_ > kMaxGenerated) {
    return void(wrong(entry, kRange,
                      fmt::format("with \"{}\", $GENERATE makes more than {} records in this zone",
                                  entry.words[kRange].text, kMaxGenerated)));
  }
  if (entry.words.size() <= kOwner) return void(missing(entry, kOwner, "an owner name"));
  if (entry.words.size() <= kRest) return void(missing(entry, kRest, "a record type"));
  const std::size_t last = entry.words.size() - 1;
  for (std::uint64_t value = range->start; value <= range->stop; value += range->step) {
    if (cancelled_()) return;
    const auto number = static_cast<std::uint32_t>(value);
    const Result<std::string> owner = generate(entry.words[kOwner].text, number);
    if (!owner) return void(wrong(entry, kOwner, owner.error().message));
    const Result<std::string> rdata = generate(entry.words[last].text, number);
    if (!rdata) return void(wrong(entry, last, rdata.error().message));
    if (!generate_record(entry, *owner, *rdata)) return;
  }
}

/// Parses the generated record as if it replaced the entry. A quoted RDATA has many words.
bool Parser::generate_record(const Entry& entry, const std::string& owner,
                             const std::string& rdata) {
  const std::size_t last = entry.words.size() - 1;
  const Result<dns::Name> name = dns::Name::parse(owner, origin_);
  if (!name) return wrong(entry, kOwner, name.error().message);
  Middle middle;
  middle.next = kRest;
  if (!parse_middle(entry, middle)) return false;
  if (middle.next != last) return missing(entry, middle.next, "the record's data as one word");
  Entry generated;
  Tokenizer(rdata).next(generated);
  if (generated.error) return wrong(entry, last, generated.error->message);
  rdata_.clear();
  if (auto parsed = dns::parse_rdata(middle.type, generated.words, origin_, rdata_); !parsed) {
    return wrong(entry, last, parsed.error().message);
  }
  const SourceMark mark = mark_of(entry, 0);
  if (!settle_ttl(middle, mark, rdata_)) return false;
  set_owner(*name);
  sink_({*owner_, middle.type, *middle.ttl, rdata_, mark});
  owner_was_told_ = true;
  return true;
}

}  // namespace rollcall::zone
