// The driver of @NAME@, from the protocol alone (spec/driver-protocol.md of psq): it says hello, answers `unsupported`
// to all else, and ends as it is told.
#define _GNU_SOURCE
#include <cjson/cJSON.h>
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_LINE = 1 << 20 };  // bytes, the end of the line included

static int connection = -1;
static pthread_mutex_t writing = PTHREAD_MUTEX_INITIALIZER;

// What the reading thread tells the main one: how the process ends.
static pthread_mutex_t ending_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t ending_told = PTHREAD_COND_INITIALIZER;
static char ending[16] = "";
static int ending_status = 0;

static int64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return (int64_t)at.tv_sec * 1000000000 + at.tv_nsec;
}

// Writes a whole line: messages of different threads share the connection.
static void send_line(const char* text) {
  pthread_mutex_lock(&writing);
  const char* parts[] = {text, "\n"};
  for (int i = 0; i < 2; ++i) {
    for (size_t left = strlen(parts[i]), at = 0; left > 0;) {
      const ssize_t sent = send(connection, parts[i] + at, left, MSG_NOSIGNAL);
      if (sent < 0 && errno == EINTR) continue;
      if (sent < 0) _exit(1);  // the controller is gone
      at += (size_t)sent;
      left -= (size_t)sent;
    }
  }
  pthread_mutex_unlock(&writing);
}

// The id as it came, or null.
static void answer(const cJSON* request, const char* outcome, const char* why) {
  const cJSON* id = cJSON_GetObjectItemCaseSensitive(request, "id");
  cJSON* line = cJSON_CreateObject();
  cJSON_AddItemToObject(line, "id", cJSON_IsNumber(id) ? cJSON_Duplicate(id, 1) : cJSON_CreateNull());
  cJSON_AddStringToObject(line, "outcome", outcome);
  cJSON* error = cJSON_AddObjectToObject(line, "error");
  cJSON_AddStringToObject(error, "type", outcome);
  cJSON_AddStringToObject(error, "message", why);
  char* text = cJSON_PrintUnformatted(line);
  send_line(text);
  free(text);
  cJSON_Delete(line);
}

// Times are printed as whole numbers: a double has too few digits for them.
static void answer_ok(const cJSON* request, const char* more) {
  char* id = cJSON_PrintUnformatted(cJSON_GetObjectItemCaseSensitive(request, "id"));
  const long long time = now();
  char* line = NULL;
  if (asprintf(&line, "{\"id\":%s,\"outcome\":\"ok\"%s,\"invoked\":%lld,\"returned\":%lld}", id, more,
               time, (long long)now()) < 0)
    abort();
  send_line(line);
  free(line);
  free(id);
}

static const char* text_of(const cJSON* request, const char* field) {
  return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(request, field));
}

static void end(const cJSON* request) {
  const char* how = text_of(request, "how");
  const char* thread = text_of(request, "thread");
  const cJSON* status = cJSON_GetObjectItemCaseSensitive(request, "status");
  const int known = how && (!strcmp(how, "return") || !strcmp(how, "exit") || !strcmp(how, "exit_now") ||
                            !strcmp(how, "raise"));
  const int needs_status = known && how[0] == 'e';
  if (!known) return answer(request, "bad_request", "how must be return, exit, exit_now or raise");
  if (thread && strcmp(thread, "main")) return answer(request, "bad_request", "a process ends on main");
  if (needs_status && (!cJSON_IsNumber(status) || status->valueint < 0 || status->valueint > 255))
    return answer(request, "bad_request", "status must be from 0 to 255");
  answer_ok(request, "");  // before the end begins
  pthread_mutex_lock(&ending_lock);
  snprintf(ending, sizeof ending, "%s", how);
  ending_status = needs_status ? status->valueint : 0;
  pthread_cond_signal(&ending_told);
  pthread_mutex_unlock(&ending_lock);
}

// The next step: create objects, and give each request to the thread that it names. This thread never makes a call.
static void take(const char* line, size_t length) {
  const char* rest = NULL;
  cJSON* request = memchr(line, 0, length) ? NULL : cJSON_ParseWithOpts(line, &rest, 1);
  const cJSON* thread = cJSON_GetObjectItemCaseSensitive(request, "thread");
  const char* what = text_of(request, "do");
  if (!cJSON_IsObject(request)) {
    answer(NULL, "bad_request", "a line must be one JSON object");
  } else if (!cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(request, "id"))) {
    answer(NULL, "bad_request", "a request needs an id, a number");
  } else if (!what) {
    answer(request, "bad_request", "do must be a text");
  } else if (thread && !cJSON_IsString(thread)) {
    answer(request, "bad_request", "thread must be a text");
  } else if (!strcmp(what, "end")) {
    end(request);
  } else if (!strcmp(what, "drop")) {
    answer(request, "bad_request", "there is no object of that name");
  } else if (!strcmp(what, "run")) {
    const cJSON* list = cJSON_GetObjectItemCaseSensitive(request, "operations");
    if (cJSON_IsArray(list) && cJSON_GetArraySize(list) == 0) answer_ok(request, ",\"value\":0");
    else answer(request, "bad_request", "there is no object to do something to");
  } else {
    answer(request, "unsupported", "not yet");
  }
  cJSON_Delete(request);
}

static void* read_requests(void* unused) {
  (void)unused;
  FILE* in = fdopen(connection, "r");
  char* line = NULL;
  size_t room = 0;
  for (ssize_t length; (length = getline(&line, &room, in)) >= 0;) {
    if (length > LONGEST_LINE) {
      answer(NULL, "bad_request", "the line is too long");
      continue;
    }
    if (line[length - 1] == '\n') line[--length] = 0;
    take(line, (size_t)length);
  }
  _exit(1);  // the controller is gone: at once, and nothing is flushed
}

static void connect_to(const char* path) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
  connection = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (connect(connection, (struct sockaddr*)&address, sizeof address) != 0) {
    perror("driver: cannot connect to the controller");
    exit(70);
  }
}

static void say_hello(void) {
  char* line = NULL;
  if (asprintf(&line,
               "{\"hello\":1,\"role\":\"root\",\"pid\":%d,\"implementation\":\"@NAME@\",\"version\":\"0\","
               "\"language\":\"c\",\"start_method\":\"none\",\"profiles\":[\"base\"],"
               "\"capabilities\":{\"operations\":{},\"options\":[]},\"limits\":{\"item_bytes\":64}}",
               (int)getpid()) < 0)
    abort();
  send_line(line);
  free(line);
}

int main(void) {
  const char* path = getenv("PSQ_SOCKET");
  if (!path || !*path) {
    fputs("This is a driver of psq: its controller sets PSQ_SOCKET. Try psq driver-check.\n", stderr);
    return 64;
  }
  connect_to(path);
  say_hello();
  pthread_t reader;
  if (pthread_create(&reader, NULL, read_requests, NULL) != 0) return 70;
  pthread_mutex_lock(&ending_lock);
  while (!*ending) pthread_cond_wait(&ending_told, &ending_lock);
  pthread_mutex_unlock(&ending_lock);
  if (!strcmp(ending, "exit")) exit(ending_status);
  if (!strcmp(ending, "exit_now")) _exit(ending_status);
  if (!strcmp(ending, "raise")) fputs("driver: the controller asked for an error\n", stderr);
  return strcmp(ending, "raise") ? 0 : 1;
}
