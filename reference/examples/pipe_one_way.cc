// A one-way pipe. The receiver sees the end of the stream when every copy of the sender is closed.
// The parent has a copy too, and closes it.

#include <cstdio>
#include <string>

#include "psq/psq.h"

int main() {
  auto ends = psq::pipe<std::string>(psq::one_way);
  auto& [receiver, sender] = ends;
  psq::Process child{[&ends] {
    ends.second.send("hello");
    ends.second.send("from a child");
  }};
  sender.close();
  for (const std::string& message : psq::until_closed(receiver)) {
    std::printf("%s\n", message.c_str());
  }
  std::printf("the end\n");
}
