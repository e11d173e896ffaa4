#include "dns/record_type.hpp"

#include <gtest/gtest.h>

#include <string>

namespace rollcall::dns {
namespace {

TEST(RecordType, EveryValueHasANameThatIsReadBack) {
  for (unsigned value = 0; value <= 0xffff; ++value) {
    const auto type = static_cast<Type>(value);
    ASSERT_EQ(parse_type(type_name(type)), type) << value;
    if (const TypeDescriptor* row = descriptor(type)) {
      ASSERT_EQ(row->type, type);
      ASSERT_EQ(row->mnemonic, type_name(type));
      ASSERT_FALSE(row->fields.empty());
    }
  }
}

TEST(RecordType, MnemonicsHaveNoCase) {
  EXPECT_EQ(parse_type("nsec3param"), static_cast<Type>(51));
  EXPECT_EQ(parse_type("Mx"), Type::MX);
  EXPECT_EQ(parse_type("type65280"), static_cast<Type>(65280));
  EXPECT_EQ(parse_type("TYPE1"), Type::A);
  EXPECT_EQ(type_name(static_cast<Type>(65280)), "TYPE65280");
  for (const char* text : {"", "AA", "TYPE", "TYPE65536", "TYPE-1", "TYPE1x", "TYPE 1", "1"}) {
    EXPECT_EQ(parse_type(text), std::nullopt) << text;
  }
}

TEST(RecordType, OnlyNamesOfRfc1035TypesAreCompressible) {  // RFC 3597 section 4
  EXPECT_EQ(descriptor(Type::MX)->fields[1], Field::compressible_name);
  EXPECT_EQ(descriptor(Type::SRV)->fields[3], Field::plain_name);
  EXPECT_EQ(descriptor(Type::DNAME)->fields[0], Field::plain_name);
  EXPECT_EQ(descriptor(static_cast<Type>(65280)), nullptr);
  EXPECT_EQ(descriptor(Type::OPT), nullptr);
}

TEST(RecordType, MetaTypesAreKnown) {
  for (const Type type : {Type::OPT, Type::TSIG, Type::IXFR, Type::AXFR, Type::ANY}) {
    EXPECT_TRUE(is_meta(type)) << type_name(type);
  }
  for (const Type type : {Type::A, Type::HTTPS, static_cast<Type>(256), static_cast<Type>(99)}) {
    EXPECT_FALSE(is_meta(type)) << type_name(type);
  }
}

TEST(RecordType, ClassesAreReadAndWritten) {
  EXPECT_EQ(parse_class("in"), Class::IN);
  EXPECT_EQ(parse_class("CLASS3"), Class::CH);
  EXPECT_EQ(parse_class("hs"), Class::HS);
  EXPECT_EQ(parse_class("INN"), std::nullopt);
  EXPECT_EQ(parse_class("CLASS"), std::nullopt);
  EXPECT_EQ(class_name(Class::IN), "IN");
  EXPECT_EQ(class_name(static_cast<Class>(77)), "CLASS77");
}

}  // namespace
}  // namespace rollcall::dns
