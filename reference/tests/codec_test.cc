#include "psq/codec.h"

#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "psq/codec_cereal.h"

namespace {

struct Point {
  int x;
  double y;
  friend bool operator==(const Point&, const Point&) = default;
};

struct Job {
  std::string name;
  std::vector<int> parts;
  template <typename Archive>
  void serialize(Archive& archive) {
    archive(name, parts);
  }
  friend bool operator==(const Job&, const Job&) = default;
};

struct Stubborn {
  bool refuses_to_go = false;
};

}  // namespace

template <>
struct psq::Codec<Stubborn> {
  static void encode(const Stubborn& value, std::string& out) {
    if (value.refuses_to_go) throw std::runtime_error("will not go");
    out.push_back('s');
  }
  static Stubborn decode(std::span<const std::byte> bytes) {
    if (bytes.size() != 1) throw 42;
    throw std::runtime_error("will not come");
  }
};

namespace psq::detail {
namespace {

template <typename T>
std::string serialize(const T& value) {
  return with_bytes(value, [](std::string_view bytes) { return std::string(bytes); });
}

template <typename T>
T there_and_back(const T& value) {
  std::string appended = "before";
  Codec<T>::encode(value, appended);
  EXPECT_EQ(appended.substr(0, 6), "before");
  EXPECT_EQ(deserialize<T>(appended.substr(6)), value);
  const std::string bytes = serialize(value);
  return deserialize<T>(bytes);
}

TEST(Codec, PlainBytesGoAsTheyAre) {
  EXPECT_EQ(serialize(std::string("a\0b", 3)), std::string("a\0b", 3));
  EXPECT_EQ(there_and_back(std::string()), "");
  const std::vector<std::byte> blob{std::byte{0}, std::byte{255}};
  EXPECT_EQ(there_and_back(blob), blob);
  EXPECT_EQ(there_and_back(std::vector<std::byte>{}), std::vector<std::byte>{});
}

TEST(Codec, TriviallyCopyableTypesGoAsTheBytesOfTheirObject) {
  EXPECT_EQ(there_and_back(-7), -7);
  EXPECT_EQ(there_and_back(Point{1, 2.5}), (Point{1, 2.5}));
  EXPECT_EQ(serialize(Point{}).size(), sizeof(Point));
}

TEST(Codec, EverythingElseGoesThroughCereal) {
  EXPECT_EQ(there_and_back(std::vector<std::string>{"a", "", "c"}),
            (std::vector<std::string>{"a", "", "c"}));
  const std::map<std::string, std::vector<int>> map{{"one", {1}}, {"none", {}}};
  EXPECT_EQ(there_and_back(map), map);
  EXPECT_EQ(there_and_back(Job{"paint", {1, 2}}), (Job{"paint", {1, 2}}));
  EXPECT_EQ(there_and_back(std::optional<std::string>("x")), "x");
}

TEST(Codec, WrongBytesAreNotDeserializable) {
  EXPECT_THROW(deserialize<int>(std::string("abc")), NotDeserializable);
  std::string bytes = serialize(Job{"paint", {1, 2}});
  EXPECT_THROW(deserialize<Job>(bytes + "x"), NotDeserializable);
  bytes.pop_back();
  EXPECT_THROW(deserialize<Job>(bytes), NotDeserializable);
}

TEST(Codec, ErrorsOfACodecArriveNested) {
  try {
    serialize(Stubborn{.refuses_to_go = true});
    FAIL() << "serialize did not throw";
  } catch (const NotSerializable& error) {
    EXPECT_NE(std::string(error.what()).find("will not go"), std::string::npos);
    EXPECT_THROW(std::rethrow_if_nested(error), std::runtime_error);
  }
  EXPECT_THROW(deserialize<Stubborn>(std::string("s")), NotDeserializable);
  EXPECT_THROW(deserialize<Stubborn>(std::string("other")), NotDeserializable);
}

static_assert(!Raw<const char*>, "a pointer means nothing elsewhere");
static_assert(!Raw<std::string_view>, "a view means nothing elsewhere");
static_assert(!Raw<std::span<int>>, "a view means nothing elsewhere");

}  // namespace
}  // namespace psq::detail
