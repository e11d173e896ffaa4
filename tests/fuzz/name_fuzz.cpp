/// Names: what is read from a message, or from text, goes through every form and comes back.
#include <algorithm>
#include <string>

#include "dns/name.hpp"
#include "dns/name_hash.hpp"
#include "dns/query_name.hpp"
#include "require.hpp"

namespace {

using namespace rollcall;
using dns::Name;
using fuzz::require;

void check_name(const Name& name) {
  const Result<Name> again = Name::parse(name.to_text());
  require(again && *again == name, "a name's text gives the name back");
  require(std::ranges::equal(again->wire(), name.wire()), "its case too");
  require(Name::from_wire(name.wire()).has_value(), "its wire form is valid");
  require(dns::canonical_compare(name, name.lowered()) == 0, "order is without case");
  require(name.is_at_or_below(name.parent()), "a name is below its parent");
  const Result<Name, dns::NameError> longer = name.child(as_bytes("a"));
  if (longer) require(dns::canonical_compare(name, *longer) < 0, "a child stands behind");

  dns::QueryName looked_up;
  looked_up.assign(name.wire());
  require(looked_up.labels() == name.label_count(), "both forms count the same labels");
  const Name lowered = name.lowered();
  require(std::ranges::equal(looked_up.suffix(0), lowered.wire()), "looked up in lower case");
  for (std::size_t i = 0; i <= looked_up.labels(); ++i) {
    require(looked_up.hash(i) == dns::hash_name(looked_up.suffix(i)), "one hash of a suffix");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes message(data, size);
  if (size > 0) {
    const std::size_t offset = data[0] % size;
    if (const auto decoded = dns::decode_name(message, offset)) {
      require(decoded->consumed > 0 && offset + decoded->consumed <= size, "reads what is there");
      check_name(decoded->name);
    }
    dns::QueryName name;
    if (const std::size_t read = name.read(message, offset)) {
      require(offset + read <= size && read == name.size(), "reads what is there");
    }
  }
  static const Name origin = *Name::parse("Example.COM");
  const Result<Name> parsed = Name::parse(as_text(message), origin);
  if (parsed) check_name(*parsed);
  return 0;
}
