// Runs a driver, any driver, with seeded pauses in it: right, but slow.
//
//   psq-slow-driver --seed N [--profile NAME] -- COMMAND...   the driver's command, made slow
//   psq-slow-driver --list-profiles                           a profile a line: name, what it does
//
// The command and all programs that it executes load libpsq-slow.so before the C library.
#include <elf.h>
#include <unistd.h>

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "profiles.h"

namespace psq::slow {
namespace {

constexpr int kWrongUsage = 64;
constexpr const char* kUsage =
    "usage: psq-slow-driver --seed N [--profile NAME] -- COMMAND...\n"
    "       psq-slow-driver --list-profiles\n";

struct Wanted {
  bool list = false;
  bool seeded = false;
  std::uint64_t seed = 0;
  std::string profile;
  std::vector<char*> command;
};

int complain(const std::string& why) {
  std::fprintf(stderr, "psq-slow-driver: %s\n%s", why.c_str(), kUsage);
  return kWrongUsage;
}

int list_profiles() {
  for (const Profile* each = begin_of_profiles(); each != end_of_profiles(); ++each)
    std::printf("%s\t%s\n", std::string{each->name}.c_str(), std::string{each->effect}.c_str());
  return 0;
}

bool take_seed(std::string_view text, Wanted& wanted) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wanted.seed);
  wanted.seeded = error == std::errc{} && end == text.data() + text.size();
  return wanted.seeded;
}

/// Returns what is wrong with the arguments; empty when nothing is.
std::string parse(int argc, char** argv, Wanted& wanted) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    const char* const value = i + 1 < argc ? argv[i + 1] : nullptr;
    if (argument == "--") {
      wanted.command.assign(argv + i + 1, argv + argc);
      break;
    }
    if (argument == "--list-profiles") {
      wanted.list = true;
    } else if (argument == "--seed" && value != nullptr) {
      if (!take_seed(value, wanted)) return std::string("no seed: ") + value;
      ++i;
    } else if (argument == "--profile" && value != nullptr) {
      if (find_profile(value) == nullptr) return std::string("no profile is named ") + value;
      wanted.profile = value;
      ++i;
    } else {
      return "not understood: " + std::string{argument};
    }
  }
  if (wanted.list) return {};
  if (!wanted.seeded) return "--seed is missing";
  return wanted.command.empty() ? "the driver's command is missing, after --" : "";
}

std::filesystem::path path_of(const std::string& program) {
  if (program.find('/') != std::string::npos) return program;
  const char* const path = std::getenv("PATH");
  std::string_view rest = path == nullptr ? "" : path;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    const auto candidate = std::filesystem::path{folder} / program;
    if (::access(candidate.c_str(), X_OK) == 0) return candidate;
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
  }
  return program;
}

/// A program that no dynamic linker loads would run without any pause.
bool is_static(const std::filesystem::path& program) {
  std::ifstream file{program, std::ios::binary};
  Elf64_Ehdr header{};
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  if (!file || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) return false;
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr part{};
    file.read(reinterpret_cast<char*>(&part), sizeof part);
    if (file && part.p_type == PT_INTERP) return false;
  }
  return true;
}

void set_environment(const Wanted& wanted) {
  const std::string profile =
      wanted.profile.empty() ? std::string{profile_of(wanted.seed).name} : wanted.profile;
  const auto library =
      std::filesystem::read_symlink("/proc/self/exe").parent_path() / "libpsq-slow.so";
  const char* const before = std::getenv("LD_PRELOAD");
  const std::string preload =
      library.string() + (before == nullptr ? "" : ":" + std::string{before});
  ::setenv("LD_PRELOAD", preload.c_str(), 1);
  ::setenv("PSQ_SLOW", (std::to_string(wanted.seed) + "/" + profile).c_str(), 1);
}

int run(int argc, char** argv) {
  Wanted wanted;
  if (const std::string why = parse(argc, argv, wanted); !why.empty()) return complain(why);
  if (wanted.list) return list_profiles();
  const std::string program = wanted.command.front();
  if (is_static(path_of(program)))
    return complain(program + " is linked statically, and cannot be made slow");
  set_environment(wanted);
  wanted.command.push_back(nullptr);
  ::execvp(program.c_str(), wanted.command.data());
  return complain(program + ": " + std::strerror(errno));
}

}  // namespace
}  // namespace psq::slow

int main(int argc, char** argv) { return psq::slow::run(argc, argv); }
