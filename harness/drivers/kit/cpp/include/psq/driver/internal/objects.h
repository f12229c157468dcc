// The objects of one process by name, their descriptors, and those that a child inherits.
#pragma once

#include <algorithm>
#include <iterator>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "psq/driver/adapter.h"
#include "psq/driver/internal/descriptor.h"
#include "psq/driver/internal/fields.h"

namespace psq::driver::internal {

/// An object with a name. Its last copy destroys the object.
struct NamedObject {
  std::shared_ptr<Object> object;
  ObjectType type = ObjectType::kQueue;
};

/// The data that a child needs from its parent. Made before the fork and read in the child, which
/// must not touch the parent's registry, locks and reference counts.
struct Inheritance {
  struct Given {
    std::string name;
    ObjectType type;
    Object* object;
    std::vector<DescriptorRecord> descriptors;
  };
  std::vector<Given> given;
  std::vector<DescriptorRecord> not_given;
};

/// Any thread may call any function. It must outlive every reference that `find` returned; a driver
/// never destroys it.
class Objects {
 public:
  Objects() = default;
  Objects(const Objects&) = delete;
  Objects& operator=(const Objects&) = delete;
  ~Objects() { by_name_.clear(); }  // the objects erase themselves from alive_

  /// The lock to hold while objects or a child are created. Without it, a child could be created
  /// after an object has opened its descriptors and before they are recorded.
  [[nodiscard]] std::unique_lock<std::mutex> hold_still() { return std::unique_lock(creation_); }

  /// Throws Refusal for a name that is taken.
  void check_free(const std::vector<std::string>& names) {
    const std::lock_guard lock(mutex_);
    for (const std::string& name : names) {
      if (by_name_.contains(name)) {
        refuse("this process already has an object '" + name +
               "': drop it first, or use another name");
      }
    }
  }

  /// Takes ownership of the object. Call it under `hold_still`.
  void add(const std::string& name, ObjectType type, std::unique_ptr<Object> object,
           std::vector<DescriptorRecord> descriptors) {
    const std::lock_guard lock(mutex_);
    alive_.push_back({.object = object.get(), .descriptors = std::move(descriptors)});
    const auto record = std::prev(alive_.end());
    // The record is erased after the object, so that a fork during the destruction still finds the
    // descriptors on record. No lock is held during the destructor, because it may wait.
    const auto destroy = [this, record](Object* last) {
      delete last;
      const std::lock_guard again(mutex_);
      alive_.erase(record);
    };
    by_name_[name] = {.object = std::shared_ptr<Object>(object.release(), destroy), .type = type};
  }

  /// Throws Refusal for an unknown name.
  [[nodiscard]] NamedObject find(const std::string& name) {
    const std::lock_guard lock(mutex_);
    return find_locked(name)->second;
  }

  /// Removes the name and returns its object.
  [[nodiscard]] NamedObject remove(const std::string& name) {
    const std::lock_guard lock(mutex_);
    const auto found = find_locked(name);
    NamedObject removed = std::move(found->second);
    by_name_.erase(found);
    return removed;
  }

  /// Call it under `hold_still`, and hold that lock until the child is created.
  [[nodiscard]] Inheritance inheritance(const std::vector<std::string>& names) {
    const std::lock_guard lock(mutex_);
    Inheritance result;
    std::set<std::string> seen;
    for (const std::string& name : names) {
      const NamedObject& named = find_locked(name)->second;
      if (!seen.insert(name).second) refuse("spawn gives the object '" + name + "' twice");
      result.given.push_back(
          {.name = name, .type = named.type, .object = named.object.get(), .descriptors = {}});
    }
    for (const Alive& alive : alive_) sort_out(alive, result);
    drop_given(result);
    return result;
  }

 private:
  struct Alive {
    Object* object;
    std::vector<DescriptorRecord> descriptors;
  };

  std::map<std::string, NamedObject>::iterator find_locked(const std::string& name) {
    const auto found = by_name_.find(name);
    if (found != by_name_.end()) return found;
    std::string known;
    for (const auto& [each, object] : by_name_) known += (known.empty() ? "" : ", ") + each;
    refuse("this process has no object '" + name +
           "'; it has: " + (known.empty() ? "none" : known));
  }

  static void sort_out(const Alive& alive, Inheritance& into) {
    const auto given = std::find_if(into.given.begin(), into.given.end(),
                                    [&](const auto& each) { return each.object == alive.object; });
    auto& list = given == into.given.end() ? into.not_given : given->descriptors;
    list.insert(list.end(), alive.descriptors.begin(), alive.descriptors.end());
  }

  // Keeps the descriptors that a given object shares with an object that is not given.
  static void drop_given(Inheritance& inheritance) {
    std::erase_if(inheritance.not_given, [&](const DescriptorRecord& record) {
      return std::any_of(
          inheritance.given.begin(), inheritance.given.end(), [&](const auto& given) {
            return std::find(given.descriptors.begin(), given.descriptors.end(), record) !=
                   given.descriptors.end();
          });
    });
  }

  std::mutex creation_;
  std::mutex mutex_;
  std::map<std::string, NamedObject> by_name_;
  std::list<Alive> alive_;  // objects not yet destroyed, also dropped ones
};

/// Records of the descriptors that an object names; empty when it names none.
inline std::vector<DescriptorRecord> records_of(const Object& object) {
  std::vector<DescriptorRecord> records;
  for (const int number : object.descriptors().value_or(std::vector<int>{})) {
    if (const auto record = record_descriptor(number)) records.push_back(*record);
  }
  return records;
}

/// Finds the descriptors of objects while they are created.
class DescriptorWatch {
 public:
  DescriptorWatch() : before_(open_descriptors()) {}

  /// The descriptors that the object names, or else all that were opened since the constructor.
  [[nodiscard]] std::vector<DescriptorRecord> of(const Object& object) const {
    if (object.descriptors()) return records_of(object);
    std::vector<int> numbers;
    const auto now = open_descriptors();
    std::set_difference(now.begin(), now.end(), before_.begin(), before_.end(),
                        std::back_inserter(numbers));
    std::vector<DescriptorRecord> records;
    for (const int number : numbers) {
      if (const auto record = record_descriptor(number)) records.push_back(*record);
    }
    return records;
  }

 private:
  std::set<int> before_;
};

}  // namespace psq::driver::internal
