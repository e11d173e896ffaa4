#include "dns/stored_name.hpp"

#include <gtest/gtest.h>

#include <unordered_map>
#include <vector>

namespace rollcall::dns {
namespace {

Name name_of(const std::string& text) {
  return *Name::parse(text);
}

TEST(StoredName, IsTheNameThatItWasMadeOf) {
  const std::string label(61, 'd');
  const std::vector<std::string> texts{
      ".", "example.com.", "WWW.Example.com.", R"(a\.b\032c.example.)",
      label + "aa." + label + "bb." + label + "cc." + label + "."};  // as long as a name may be
  for (const std::string& text : texts) {
    const Name name = name_of(text);
    const StoredName stored = name;
    EXPECT_EQ(stored.to_text(), text) << "letters keep their case";
    EXPECT_EQ(stored.to_display(), name.to_display());
    EXPECT_EQ(stored.size(), name.size());
    EXPECT_EQ(stored.label_count(), name.label_count());
    EXPECT_EQ(Name(stored).to_text(), text);
    EXPECT_EQ(stored, name);
    EXPECT_EQ(StoredName(stored), stored);
  }
  EXPECT_EQ(StoredName(), Name());
}

TEST(StoredName, IsCopiedAndMoved) {
  StoredName one = name_of("one.example");
  StoredName two = one;
  one = name_of("other.example");
  EXPECT_EQ(two, name_of("one.example"));
  two = std::move(one);
  EXPECT_EQ(two, name_of("other.example"));
  const StoredName& same = two;
  two = same;
  EXPECT_EQ(two, name_of("other.example"));
}

TEST(StoredName, ComparesWithoutCase) {
  const StoredName stored = name_of("Www.Example.com");
  EXPECT_EQ(stored, name_of("wWW.example.COM"));
  EXPECT_EQ(stored, StoredName(name_of("www.example.com")));
  EXPECT_FALSE(stored == name_of("www.example.org"));
  EXPECT_FALSE(stored == name_of("example.com"));
  EXPECT_FALSE(CanonicalLess{}(stored, name_of("www.example.COM")));
  EXPECT_TRUE(CanonicalLess{}(stored, name_of("a.www.example.com")));
  EXPECT_TRUE(CanonicalLess{}(name_of("example.com"), stored));
}

TEST(StoredName, IsFoundByANameOfEitherKind) {
  std::unordered_map<StoredName, int, NameHash, std::equal_to<>> numbers;
  numbers[name_of("Example.com")] = 7;
  EXPECT_TRUE(numbers.contains(name_of("example.COM")));
  EXPECT_TRUE(numbers.contains(StoredName(name_of("EXAMPLE.com"))));
  EXPECT_FALSE(numbers.contains(name_of("example.org")));
}

}  // namespace
}  // namespace rollcall::dns
