// A folder in the shape of /proc, for what no test can make a kernel do.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace psq::conformance {

class ProcFolder {
 public:
  ProcFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "psq-proc-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }
  ProcFolder(const ProcFolder&) = delete;
  ProcFolder& operator=(const ProcFolder&) = delete;
  ~ProcFolder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

  void write(const std::string& file, const std::string& contents) const {
    std::filesystem::create_directories((path_ / file).parent_path());
    std::ofstream{path_ / file} << contents;
  }

  /// A thread of a child of this process. Without a schedule where the kernel keeps none.
  void thread(pid_t process, pid_t thread, char state, const std::string& schedule = {}) const {
    const std::string stat =
        std::to_string(thread) + " (a) name) " + state + " " + std::to_string(::getpid()) + " 0\n";
    const std::string folder = std::to_string(process);
    write(folder + "/stat", stat);
    const std::string task = folder + "/task/" + std::to_string(thread);
    write(task + "/stat", stat);
    if (!schedule.empty()) write(task + "/schedstat", schedule + "\n");
  }

 private:
  std::filesystem::path path_;
};

}  // namespace psq::conformance
