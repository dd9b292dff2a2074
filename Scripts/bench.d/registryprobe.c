// registryprobe: what a live registry costs and how soon a change shows, for `Scripts/bench registry`.
//
// usage: registryprobe start --port N --name NAME [--settle S] [--log FILE] -- PROGRAM [ARGUMENT]...
//          runs PROGRAM and asks for the A record of NAME until it is there; prints
//          "pid=… ready_ms=… peak_kib=… steady_kib=…": RssAnon at its highest, and S seconds [3] after the answer.
//          PROGRAM goes on when this ends.
//        registryprobe watch --pid P --seconds S
//          prints "peak_kib=… steady_kib=…" of a running process
//        registryprobe visible --port N --control N [--flips N] [--headless N] [--address A] [--pause MS]
//          turns one endpoint after the other in the simulated API server, asks for its name until the answer has
//          turned too, and prints "flips=… p50_ms=… p99_ms=… max_ms=… late=…"; late ones took over two seconds.
//          The time is from the request to turn it. Services from svc-N [all] on have no names for endpoints: skipped.
//          A [127.0.0.1] is who answers; MS [3] lie between a turn that shows and the next, and up to 6 more
//        registryprobe churn --control N --seconds S --rate N [--pid P]
//          turns so many endpoints a second, evenly spread; prints "changes=… rate=…", what it came to, and of a process
//          "cpu_us_per_change=…", up to a second after the last
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"

enum { rcode_no_error = 0, rcode_nx_domain = 3, no_reply = -1 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void sleep_ms(long milliseconds) {
  nanosleep(&(struct timespec){.tv_sec = milliseconds / 1000, .tv_nsec = milliseconds % 1000 * 1000000}, NULL);
}

static int connected_to(const char *host, int type, int port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
  if (inet_pton(AF_INET, host, &address.sin_addr) != 1) fail("no IPv4 address", host);
  int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);
  if (fd < 0) fail("no socket", NULL);
  return connect(fd, (struct sockaddr *)&address, sizeof address) == 0 ? fd : (close(fd), -1);
}

static int connected(int type, int port) { return connected_to("127.0.0.1", type, port); }

// Writes a query for the A record of `name`; returns its octets.
static size_t write_query(uint8_t *query, uint16_t id, const char *name) {
  uint8_t *at = query;
  const uint8_t header[] = {(uint8_t)(id >> 8), (uint8_t)id, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
  memcpy(at, header, sizeof header);
  at += sizeof header;
  while (*name) {
    const size_t length = strcspn(name, ".");
    if (length == 0 || length > 63 || at - query + length > 240) fail("no name to ask for", name);
    *at++ = (uint8_t)length;
    memcpy(at, name, length);
    at += length;
    name += length + (name[length] == '.');
  }
  const uint8_t tail[] = {0, 0, 1, 0, 1};
  memcpy(at, tail, sizeof tail);
  return (size_t)(at + sizeof tail - query);
}

// Asks once; returns the RCODE and sets `answers`, or no_reply after `patience_ms`.
static int ask(int fd, const char *name, int patience_ms, int *answers) {
  static uint16_t id;
  uint8_t query[512], reply[4096];
  const size_t length = write_query(query, ++id, name);
  if (send(fd, query, length, 0) < 0) return no_reply;
  const double deadline = now() + patience_ms * 1e-3;
  for (double left; (left = deadline - now()) > 0;) {
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    if (poll(&ready, 1, (int)(left * 1e3) + 1) <= 0) return no_reply;
    const ssize_t count = recv(fd, reply, sizeof reply, 0);
    if (count < 12) return no_reply;
    if (reply[0] != query[0] || reply[1] != query[1]) continue;
    *answers = reply[6] << 8 | reply[7];
    return reply[3] & 15;
  }
  return no_reply;
}

// RssAnon of a process in KiB; 0 where there is none.
static long anonymous_kib(pid_t pid) {
  char path[64], line[256];
  long kib = 0;
  snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  while (fgets(line, sizeof line, file))
    if (sscanf(line, "RssAnon: %ld kB", &kib) == 1) break;
  fclose(file);
  return kib;
}

struct memory {
  long peak, last;
};

static void sample(struct memory *memory, pid_t pid) {
  memory->last = anonymous_kib(pid);
  if (memory->last > memory->peak) memory->peak = memory->last;
}

static pid_t run(char **command, const char *log) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  const int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
  if (fd >= 0) dup2(fd, 1), dup2(fd, 2);
  setsid();
  execv(command[0], command);
  _exit(127);
}

static void measure_start(int port, const char *name, double settle, const char *log, char **command) {
  struct memory memory = {0};
  const double start = now();
  const pid_t pid = run(command, log);
  const int fd = connected(SOCK_DGRAM, port);
  int answers = 0;
  while (!(ask(fd, name, 5, &answers) == rcode_no_error && answers > 0)) {
    sample(&memory, pid);
    if (waitpid(pid, NULL, WNOHANG) == pid) fail("the program ended early; see its log", log);
    if (now() - start > 60) fail("no answer within a minute; see the log", log);
    sleep_ms(1);
  }
  const double ready = now();
  while (now() - ready < settle) sample(&memory, pid), sleep_ms(2);
  printf("pid=%d ready_ms=%.0f peak_kib=%ld steady_kib=%ld\n", (int)pid, (ready - start) * 1e3, memory.peak, memory.last);
}

static void watch_memory(pid_t pid, double seconds) {
  struct memory memory = {0};
  for (const double start = now(); now() - start < seconds; sleep_ms(2)) sample(&memory, pid);
  printf("peak_kib=%ld steady_kib=%ld\n", memory.peak, memory.last);
}

// Copies the text behind `"name":` up to a quote, comma or brace.
static bool field(const char *json, const char *name, char *value, size_t size) {
  char key[64];
  snprintf(key, sizeof key, "\"%s\":", name);
  const char *at = strstr(json, key);
  if (!at) return false;
  at += strlen(key);
  at += strspn(at, " \"");
  snprintf(value, size, "%.*s", (int)strcspn(at, "\",}"), at);
  return true;
}

struct flip {
  char name[512];
  int service;
  bool ready;
};

// Turns endpoint `index` with a request over `fd`, which stays open.
static struct flip turn(int fd, int index) {
  struct flip flip;
  char request[256], reply[4096] = "", address[64], slice[128], namespace[64], ready[8];
  size_t length = 0;
  snprintf(request, sizeof request,
           "POST /_control/flip?index=%d HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", index);
  if (send(fd, request, strlen(request), MSG_NOSIGNAL) < 0) fail("the control API does not listen", NULL);
  // The one brace of a reply ends it.
  while (!strchr(reply, '}')) {
    const ssize_t count = recv(fd, reply + length, sizeof reply - 1 - length, 0);
    if (count <= 0) fail("the control API broke off", reply);
    length += (size_t)count;
    reply[length] = 0;
  }
  if (!field(reply, "address", address, sizeof address) || !field(reply, "slice", slice, sizeof slice) ||
      !field(reply, "namespace", namespace, sizeof namespace) || !field(reply, "ready", ready, sizeof ready) ||
      sscanf(slice, "svc-%d", &flip.service) != 1)
    fail("the control API gave no flip", reply);
  for (char *dot = address; (dot = strchr(dot, '.'));) *dot = '-';
  snprintf(flip.name, sizeof flip.name, "%s.svc-%d.%s.svc.cluster.local", address, flip.service, namespace);
  flip.ready = !strcmp(ready, "true");
  return flip;
}

static int compare(const void *left, const void *right) {
  const double difference = *(const double *)left - *(const double *)right;
  return (difference > 0) - (difference < 0);
}

static void measure_visibility(const char *host, int port, int control_port, int flips, int headless, int pause) {
  double *times = calloc((size_t)flips, sizeof *times);
  const int fd = connected_to(host, SOCK_DGRAM, port), control = connected(SOCK_STREAM, control_port);
  if (!times) fail("no memory", NULL);
  if (control < 0) fail("the control API does not answer", NULL);
  setsockopt(control, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  int late = 0;
  for (int index = 0, done = 0; done < flips; index++) {
    const double start = now();
    const struct flip flip = turn(control, index);
    if (flip.service >= headless) continue;
    const int wanted = flip.ready ? rcode_no_error : rcode_nx_domain;
    int answers = 0;
    while (ask(fd, flip.name, 100, &answers) != wanted && now() - start < 2) continue;
    times[done] = (now() - start) * 1e3;
    late += times[done++] >= 2000;
    // Evenly spread events would all meet the same moment of a period; these do not.
    sleep_ms(pause + index % 7);
  }
  qsort(times, (size_t)flips, sizeof *times, compare);
  printf("flips=%d p50_ms=%.2f p99_ms=%.2f max_ms=%.2f late=%d\n", flips, times[flips / 2], times[flips * 99 / 100],
         times[flips - 1], late);
}

// The CPU time of a process, threads that have ended included; in seconds.
static double cpu_seconds(pid_t pid) {
  clockid_t clock;
  struct timespec time;
  if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) fail("no such process", NULL);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void churn(int control_port, double seconds, int rate, pid_t pid) {
  const int control = connected(SOCK_STREAM, control_port);
  if (control < 0) fail("the control API does not answer", NULL);
  setsockopt(control, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  const double start = now(), before = pid ? cpu_seconds(pid) : 0;
  int changes = 0;
  while (changes < seconds * rate) {
    turn(control, changes++);
    const double left = start + (double)changes / rate - now();
    if (left > 0) nanosleep(&(struct timespec){(time_t)left, (long)((left - (double)(time_t)left) * 1e9)}, NULL);
  }
  printf("changes=%d rate=%.0f", changes, changes / (now() - start));
  if (pid) {
    // Changes are written to the file half a second after they came.
    sleep_ms(1000);
    printf(" cpu_us_per_change=%.0f", (cpu_seconds(pid) - before) * 1e6 / changes);
  }
  printf("\n");
}

int main(int count, char **arguments) {
  int port = 0, control = 0, flips = 300, headless = INT_MAX, rate = 100, pause = 3, at = 2;
  double settle = 3, seconds = 10;
  pid_t pid = 0;
  const char *name = NULL, *log = "/dev/null", *address = "127.0.0.1";
  for (; at + 1 < count && strcmp(arguments[at], "--"); at += 2) {
    const char *option = arguments[at], *value = arguments[at + 1];
    if (!strcmp(option, "--port")) port = atoi(value);
    else if (!strcmp(option, "--control")) control = atoi(value);
    else if (!strcmp(option, "--flips")) flips = atoi(value);
    else if (!strcmp(option, "--rate")) rate = atoi(value);
    else if (!strcmp(option, "--address")) address = value;
    else if (!strcmp(option, "--pause")) pause = atoi(value);
    else if (!strcmp(option, "--headless")) headless = atoi(value);
    else if (!strcmp(option, "--settle")) settle = atof(value);
    else if (!strcmp(option, "--seconds")) seconds = atof(value);
    else if (!strcmp(option, "--pid")) pid = atoi(value);
    else if (!strcmp(option, "--name")) name = value;
    else if (!strcmp(option, "--log")) log = value;
    else fail("unknown option", option);
  }
  const char *mode = count > 1 ? arguments[1] : "";
  if (!strcmp(mode, "start") && name && at + 1 < count) measure_start(port, name, settle, log, arguments + at + 1);
  else if (!strcmp(mode, "watch") && pid) watch_memory(pid, seconds);
  else if (!strcmp(mode, "visible") && port && control && flips > 0) measure_visibility(address, port, control, flips, headless, pause);
  else if (!strcmp(mode, "churn") && control && rate > 0) churn(control, seconds, rate, pid);
  else fail("usage: start, watch, visible or churn; see the first lines of the source", NULL);
  return 0;
}
