#include "dns/name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "dns/encoding.hpp"

namespace rollcall::dns {
namespace {

/// Where each label of a valid name starts, without the root's.
struct Labels {
  std::array<std::uint8_t, kMaxLabels> at;
  std::size_t count = 0;

  explicit Labels(const std::uint8_t* wire) noexcept {
    for (std::size_t i = 0; wire[i] != 0; i += wire[i] + 1U) {
      at[count++] = static_cast<std::uint8_t>(i);
    }
  }
};

bool same_without_case(const std::uint8_t* a, const std::uint8_t* b, std::size_t size) noexcept {
  // Length octets are below 'A': lower() leaves them alone.
  return std::equal(a, a + size, b,
                    [](std::uint8_t x, std::uint8_t y) { return lower(x) == lower(y); });
}

int compare_labels(const std::uint8_t* a, const std::uint8_t* b) noexcept {
  const std::size_t common = std::min(a[0], b[0]);
  for (std::size_t i = 1; i <= common; ++i) {
    const int difference = int{lower(a[i])} - int{lower(b[i])};
    if (difference != 0) return difference < 0 ? -1 : 1;
  }
  return a[0] == b[0] ? 0 : (a[0] < b[0] ? -1 : 1);
}

}  // namespace

Result<Name> Name::parse(std::string_view text, const Name& origin) {
  Result<Name> name{Name()};
  if (Result<void> read = name->assign(text, origin); !read) {
    return std::unexpected(std::move(read.error()));
  }
  return name;
}

Result<void> Name::assign(std::string_view text, const Name& origin) {
  std::array<std::uint8_t, kMaxNameSize> wire;
  const Result<std::size_t> size = parse_name(text, origin, wire);
  if (!size) return std::unexpected(size.error());
  std::memcpy(octets_.data(), wire.data(), *size);
  size_ = static_cast<std::uint8_t>(*size);
  return {};
}

namespace {

std::unexpected<Error> no_name(std::string_view text, std::string_view why) {
  constexpr std::size_t kShown = 80;  // octets; a line of a terminal
  return fail(fmt::format("\"{}{}\" is not a domain name: {}", text.substr(0, kShown),
                          text.size() > kShown ? "..." : "", why));
}

/// Completes a relative name, whose labels are in out[0, size), with the origin.
Result<std::size_t> append_origin(std::string_view text, const Name& origin, std::size_t size,
                                  std::span<std::uint8_t, kMaxNameSize> out) {
  if (size + origin.size() > kMaxNameSize) {
    return no_name(text, "with its origin it has more than 255 octets");
  }
  std::memcpy(out.data() + size, origin.wire().data(), origin.size());
  return size + origin.size();
}

}  // namespace

Result<std::size_t> parse_name(std::string_view text, const Name& origin,
                               std::span<std::uint8_t, kMaxNameSize> out) {
  if (text.empty()) return fail("expected a domain name, found nothing");
  if (text == "@") return append_origin(text, origin, 0, out);
  if (text == ".") return out[0] = 0, 1;
  std::size_t label = 0;  // where the length octet of the open label is
  std::size_t size = 1;   // octets written, including the open length octet
  for (std::size_t i = 0; i < text.size();) {
    if (size >= kMaxNameSize) return no_name(text, "it has more than 255 octets");
    if (text[i] == '.') {
      const std::size_t length = size - label - 1;
      if (length == 0) return no_name(text, "it has an empty label");
      if (length > kMaxLabelSize) return no_name(text, "a label has more than 63 octets");
      out[label] = static_cast<std::uint8_t>(length);
      label = size++;
      ++i;
    } else if (text[i] == '\\') {
      const std::optional<std::uint8_t> octet = read_escape(text, i);
      if (!octet) return no_name(text, "an escape is a backslash and a character or 000 to 255");
      out[size++] = *octet;
    } else {
      out[size++] = static_cast<std::uint8_t>(text[i++]);
    }
  }
  const std::size_t length = size - label - 1;
  if (length > kMaxLabelSize) return no_name(text, "a label has more than 63 octets");
  out[label] = static_cast<std::uint8_t>(length);
  return length == 0 ? Result<std::size_t>(size) : append_origin(text, origin, size, out);
}

Result<Name> Name::parse(std::string_view text) {
  return parse(text, Name());
}

Result<Name, NameError> Name::from_wire(Bytes wire) {
  Name name;
  std::size_t at = 0;
  while (true) {
    if (at >= wire.size()) return std::unexpected(NameError::truncated);
    const std::size_t length = wire[at];
    if (length > kMaxLabelSize) return std::unexpected(NameError::label_too_long);
    at += length + 1;
    if (at > kMaxNameSize) return std::unexpected(NameError::name_too_long);
    if (length == 0) break;
  }
  if (at != wire.size()) return std::unexpected(NameError::name_too_long);
  std::ranges::copy(wire, name.octets_.begin());
  name.size_ = static_cast<std::uint8_t>(at);
  return name;
}

std::size_t label_count(const std::uint8_t* wire) noexcept {
  std::size_t count = 0;
  for (; *wire != 0; wire += *wire + 1U) ++count;
  return count;
}

Name Name::lowered() const noexcept {
  Name name;
  name.size_ = size_;
  std::transform(octets_.begin(), octets_.begin() + size_, name.octets_.begin(), lower);
  return name;
}

Name Name::parent() const noexcept {
  if (is_root()) return *this;
  Name name;
  const std::size_t skipped = octets_[0] + 1U;
  name.size_ = static_cast<std::uint8_t>(size_ - skipped);
  std::copy_n(octets_.begin() + skipped, name.size_, name.octets_.begin());
  return name;
}

bool Name::is_at_or_below(const Name& ancestor) const noexcept {
  if (ancestor.size_ > size_) return false;
  const std::size_t start = size_ - ancestor.size_;
  std::size_t at = 0;
  while (at < start) at += octets_[at] + 1U;
  return at == start &&
         same_without_case(octets_.data() + at, ancestor.octets_.data(), ancestor.size_);
}

Result<Name, NameError> Name::child(Bytes label) const {
  if (label.empty() || label.size() > kMaxLabelSize) {
    return std::unexpected(NameError::label_too_long);
  }
  if (size_ + label.size() + 1 > kMaxNameSize) return std::unexpected(NameError::name_too_long);
  Name name;
  name.octets_[0] = static_cast<std::uint8_t>(label.size());
  std::ranges::copy(label, name.octets_.begin() + 1);
  std::copy_n(octets_.begin(), size_,
              name.octets_.begin() + static_cast<std::ptrdiff_t>(label.size()) + 1);
  name.size_ = static_cast<std::uint8_t>(size_ + label.size() + 1);
  return name;
}

std::string Name::to_text() const {
  if (is_root()) return ".";
  std::string text;
  text.reserve(size_);
  for (std::size_t i = 0; octets_[i] != 0; i += octets_[i] + 1U) {
    for (std::size_t k = 1; k <= octets_[i]; ++k) {
      const std::uint8_t octet = octets_[i + k];
      if (octet == ' ') {
        text += "\\032";
      } else {
        append_escaped(text, octet, ".\\\"();@$");
      }
    }
    text += '.';
  }
  return text;
}

std::string Name::to_display() const {
  std::string text = to_text();
  if (text.size() > 1) text.pop_back();
  return text;
}

bool operator==(const Name& a, const Name& b) noexcept {
  return a.size_ == b.size_ && same_without_case(a.octets_.data(), b.octets_.data(), a.size_);
}

Result<DecodedName, NameError> decode_name(Bytes message, std::size_t offset) {
  std::array<std::uint8_t, kMaxNameSize> wire;
  std::size_t size = 0;
  std::size_t at = offset;
  std::size_t segment = offset;  // where the current run of labels began
  std::size_t consumed = 0;      // 0: no pointer followed yet
  while (true) {
    if (at >= message.size()) return std::unexpected(NameError::truncated);
    const std::size_t length = message[at];
    if ((length & 0xc0) == 0xc0) {
      if (at + 1 >= message.size()) return std::unexpected(NameError::truncated);
      const std::size_t target = (length & 0x3f) << 8 | message[at + 1];
      if (consumed == 0) consumed = at + 2 - offset;
      // RFC 1035 4.1.4: a pointer is to a prior occurrence; each hop goes back, so it ends.
      if (target >= segment) return std::unexpected(NameError::loop);
      at = segment = target;
      continue;
    }
    if (length > kMaxLabelSize) return std::unexpected(NameError::label_too_long);
    if (size + length + 1 > kMaxNameSize) return std::unexpected(NameError::name_too_long);
    if (message.size() - at < length + 1) return std::unexpected(NameError::truncated);
    std::copy_n(message.data() + at, length + 1, wire.data() + size);
    size += length + 1;
    at += length + 1;
    if (length == 0) break;
  }
  if (consumed == 0) consumed = at - offset;
  return DecodedName{*Name::from_wire(Bytes(wire).first(size)), consumed};
}

bool same_name(Bytes a, Bytes b) noexcept {
  return a.size() == b.size() && same_without_case(a.data(), b.data(), a.size());
}

int canonical_compare(const Name& a, const Name& b) noexcept {
  return canonical_compare(a.wire(), b.wire());
}

int canonical_compare(Bytes a, Bytes b) noexcept {
  const Labels x(a.data());
  const Labels y(b.data());
  const std::size_t common = std::min(x.count, y.count);
  for (std::size_t i = 1; i <= common; ++i) {
    const int order = compare_labels(a.data() + x.at[x.count - i], b.data() + y.at[y.count - i]);
    if (order != 0) return order;
  }
  return x.count == y.count ? 0 : (x.count < y.count ? -1 : 1);
}

}  // namespace rollcall::dns
