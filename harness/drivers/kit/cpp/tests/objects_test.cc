#include "psq/driver/internal/objects.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <optional>

namespace psq::driver::internal {
namespace {

/// Owns both ends of a pipe.
class Holder : public Object {
 public:
  Holder() {
    int ends[2] = {-1, -1};
    if (::pipe(ends) != 0) throw std::runtime_error("pipe");
    first_ = Fd(ends[0]);
    second_ = Fd(ends[1]);
  }
  Result perform(const Operation&, Call&) override { return {}; }
  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override {
    return std::vector<int>{first_.get(), second_.get()};
  }

 private:
  Fd first_;
  Fd second_;
};

/// As Holder, but names no descriptors.
class SilentHolder : public Holder {
 public:
  [[nodiscard]] std::optional<std::vector<int>> descriptors() const override {
    return std::nullopt;
  }
};

template <typename H>
std::vector<DescriptorRecord> add(Objects& objects, const std::string& name) {
  const auto still = objects.hold_still();
  const DescriptorWatch watch;
  auto object = std::make_unique<H>();
  auto records = watch.of(*object);
  objects.add(name, ObjectType::kConnection, std::move(object), records);
  return records;
}

bool is_null_device(int number) {
  struct stat status {};
  struct stat null {};
  return ::fstat(number, &status) == 0 && ::stat("/dev/null", &null) == 0 &&
         status.st_rdev == null.st_rdev && S_ISCHR(status.st_mode);
}

TEST(ObjectsTest, WhatIsNotGivenIsOnTheList) {
  Objects objects;
  const auto a = add<Holder>(objects, "a");
  const auto b = add<Holder>(objects, "b");
  const Inheritance inheritance = objects.inheritance({"a"});
  EXPECT_EQ(inheritance.not_given, b);
  ASSERT_EQ(inheritance.given.size(), 1U);
  EXPECT_EQ(inheritance.given[0].descriptors, a);
}

TEST(ObjectsTest, TheKitFindsDescriptorsThatTheObjectDoesNotName) {
  Objects objects;
  const auto records = add<SilentHolder>(objects, "a");
  EXPECT_EQ(records.size(), 2U);
  EXPECT_EQ(objects.inheritance({}).not_given, records);
}

TEST(ObjectsTest, ADroppedObjectInUseIsStillOnTheList) {
  Objects objects;
  const auto records = add<Holder>(objects, "a");
  std::optional<NamedObject> in_use = objects.find("a");
  (void)objects.remove("a");
  EXPECT_THROW((void)objects.find("a"), Refusal);
  EXPECT_EQ(objects.inheritance({}).not_given, records);
  in_use.reset();
  EXPECT_TRUE(objects.inheritance({}).not_given.empty());
}

TEST(ObjectsTest, NamesAreTakenOnceAndGivenOnce) {
  Objects objects;
  (void)add<Holder>(objects, "a");
  EXPECT_THROW(objects.check_free({"a"}), Refusal);
  EXPECT_NO_THROW(objects.check_free({"b"}));
  EXPECT_THROW((void)objects.inheritance({"a", "a"}), Refusal);
  EXPECT_THROW((void)objects.inheritance({"b"}), Refusal);
}

TEST(DescriptorTest, NullGoesOverWhatWasRecorded) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  const Fd reader(ends[0]);
  const Fd writer(ends[1]);
  put_null_over({*record_descriptor(writer.get())});
  EXPECT_TRUE(is_null_device(writer.get()));
  char byte = 0;
  EXPECT_EQ(::read(reader.get(), &byte, 1), 0);  // the end of the stream: every writer is closed
}

TEST(DescriptorTest, ANumberThatNamesAnotherFileIsLeftAlone) {
  int first[2] = {-1, -1};
  ASSERT_EQ(::pipe(first), 0);
  const Fd reader(first[0]);
  const auto record = record_descriptor(first[1]);
  int second[2] = {-1, -1};
  ASSERT_EQ(::pipe(second), 0);
  const Fd second_reader(second[0]);
  ASSERT_EQ(::dup2(second[1], first[1]), first[1]);
  const Fd second_writer(second[1]);
  const Fd reused(first[1]);
  put_null_over({*record});
  EXPECT_FALSE(is_null_device(reused.get()));
}

}  // namespace
}  // namespace psq::driver::internal
