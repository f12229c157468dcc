// A duplex pipe: both ends send and receive.

#include <cstdio>
#include <string>

#include "psq/psq.h"

int main() {
  auto ends = psq::pipe<std::string>();
  auto& [here, there] = ends;
  psq::Process child{[&ends] {
    auto& line = ends.second;
    const std::string name = line.recv();
    line.send("hello, " + name);
  }};
  here.send("parent");
  std::printf("%s\n", here.recv().c_str());
}
