// dnsprobe: asks at a steady rate, whatever comes back, and says how long each answer took.
//
// usage: dnsprobe --port N --name NAME [option]...
//   --address A    the server [127.0.0.1]
//   --name NAME    what to ask for; a % in it becomes a number that is another one for each query
//   --type TYPE    [A]
//   --rate R       queries a second [500]; 0 sends all at once, or as --window lets it
//   --window N     not more than so many without an answer; one is given up after the deadline
//   --first N      the number of the first query [0]
//   --pid PID[,PID...] processes whose CPU time is measured
//   --seconds S    for how long [5]; or
//   --count N      how many
//   --split S      two lines: what was sent before and after S seconds
//   --sockets N    source ports, 1-64 [8]
//   --deadline S   how long an answer may take [6]
//
// Without --window the load is open: a query goes out when it is due, not when another one was answered. Prints one
// line of name=value for each part; times are milliseconds from sending to the answer, whatever its RCODE. Exits with
// 0, with 1 when nothing was answered, with 2 on wrong usage.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "cpu_time.h"
#include "fail.h"
#include "query.h"

enum { max_sockets = 64, max_reply_size = 4096, receive_buffer = 4 << 20, ids_of_a_socket = 1 << 16 };

struct settings {
  const char *address, *name, *type, *pids;
  int port, sockets;
  double rate, seconds, split, deadline;
  long count, window, first;
};

struct attempt {
  double sent_at, took;  // took is negative until the answer comes
  int rcode;
};

static struct attempt *attempts;
static long sent, done, stray;
static int fds[max_sockets];

static double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int open_socket(const struct settings *settings) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons((uint16_t)settings->port)};
  int size = receive_buffer, fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (inet_pton(AF_INET, settings->address, &server.sin_addr) != 1) fail("no IPv4 address", settings->address);
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) != 0)
    fail("cannot open a socket", strerror(errno));
  return fd;
}

// The name of query `number`: the template with its % replaced.
static void write_name(char *name, size_t size, const char *template, long number) {
  const char *mark = strchr(template, '%');
  if (!mark) snprintf(name, size, "%s", template);
  else snprintf(name, size, "%.*s%ld%s", (int)(mark - template), template, number, mark + 1);
}

// Query `number` goes out over socket number % sockets with the ID number / sockets: an answer says which one it is.
static void send_one(const struct settings *settings, long number) {
  struct query query;
  char name[256];
  uint16_t id = (uint16_t)(number / settings->sockets);
  write_name(name, sizeof name, settings->name, settings->first + number);
  build_query(&query, name, type_number(settings->type), true);
  query.octets[0] = (uint8_t)(id >> 8);
  query.octets[1] = (uint8_t)id;
  attempts[number] = (struct attempt){now_seconds(), -1, -1};
  // One that is refused at once counts as unanswered.
  (void)!send(fds[number % settings->sockets], query.octets, query.size, 0);
}

static void take(const struct settings *settings, int socket, const uint8_t *reply, ssize_t size, double now) {
  long number = (reply[0] << 8 | reply[1]) * (long)settings->sockets + socket;
  if (size < 12 || !(reply[2] & 0x80) || number >= sent || attempts[number].rcode >= 0) {
    stray++;
    return;
  }
  attempts[number].took = now - attempts[number].sent_at;
  attempts[number].rcode = reply[3] & 15;
  done++;
}

// Waits up to `seconds` for answers and takes all there are.
static void receive(const struct settings *settings, double seconds) {
  struct pollfd waiting[max_sockets];
  uint8_t reply[max_reply_size];
  struct timespec timeout = {(time_t)seconds, (long)((seconds - (double)(time_t)seconds) * 1e9)};
  for (int i = 0; i < settings->sockets; i++) waiting[i] = (struct pollfd){fds[i], POLLIN, 0};
  if (ppoll(waiting, (nfds_t)settings->sockets, &timeout, NULL) <= 0) return;
  double now = now_seconds();
  for (int i = 0; i < settings->sockets; i++) {
    ssize_t size;
    if (!waiting[i].revents) continue;
    while ((size = recv(fds[i], reply, sizeof reply, 0)) >= 0) take(settings, i, reply, size, now);
  }
}

// Whether as many are in flight as may be; the oldest ones are given up in time.
static bool is_full(const struct settings *settings) {
  static long oldest, given_up;
  if (settings->window <= 0) return false;
  for (; oldest < sent; oldest++) {
    if (attempts[oldest].rcode >= 0) continue;
    if (now_seconds() - attempts[oldest].sent_at <= settings->deadline) break;
    given_up++;
  }
  return sent - done - given_up >= settings->window;
}

static void run(const struct settings *settings) {
  double start = now_seconds();
  while (sent < settings->count) {
    if (is_full(settings)) {
      receive(settings, 0.01);
      continue;
    }
    double due = settings->rate > 0 ? start + (double)sent / settings->rate : 0, now = now_seconds();
    if (due > now) receive(settings, due - now);
    else send_one(settings, sent++);
  }
  for (double now, end = now_seconds() + settings->deadline; done < sent && (now = now_seconds()) < end;)
    receive(settings, end - now);
}

static int by_value(const void *left, const void *right) {
  double a = *(const double *)left, b = *(const double *)right;
  return (a > b) - (a < b);
}

// The time that `share` of the answers took at most: the nearest rank.
static double percentile(const double *times, long count, double share) {
  long rank = (long)(share * (double)count + 0.999999);
  return count ? times[rank > 0 ? rank - 1 : 0] * 1e3 : 0;
}

static void report(const struct settings *settings, const char *part, double from, double to) {
  double *times = malloc(sizeof *times * (size_t)(sent + 1)), start = attempts[0].sent_at;
  long asked = 0, answered = 0, late = 0, rcodes[16] = {0};
  if (!times) fail("out of memory", NULL);
  for (long i = 0; i < sent; i++) {
    const struct attempt *attempt = &attempts[i];
    if (attempt->sent_at - start < from || attempt->sent_at - start >= to) continue;
    asked++;
    if (attempt->rcode < 0) continue;
    if (attempt->took > settings->deadline) {
      late++;
      continue;
    }
    times[answered++] = attempt->took;
    rcodes[attempt->rcode]++;
  }
  qsort(times, (size_t)answered, sizeof *times, by_value);
  printf("part=%s sent=%ld answered=%ld lost=%ld late=%ld stray=%ld", part, asked, answered, asked - answered - late, late,
         stray);
  printf(" p50_ms=%.2f p99_ms=%.2f max_ms=%.2f", percentile(times, answered, 0.5), percentile(times, answered, 0.99),
         percentile(times, answered, 1));
  for (int i = 0; i < 16; i++)
    if (rcodes[i] || i == 0 || i == 2) printf(" rcode%d=%ld", i, rcodes[i]);
  printf(" right_percent=%.3f\n", asked ? 100 * (double)(rcodes[0] + rcodes[3]) / (double)asked : 0);
  free(times);
}

static struct settings read_arguments(int argc, char **argv) {
  static const struct option options[] = {
      {"address", required_argument, NULL, 'a'}, {"port", required_argument, NULL, 'p'},
      {"name", required_argument, NULL, 'n'},    {"type", required_argument, NULL, 't'},
      {"rate", required_argument, NULL, 'r'},    {"seconds", required_argument, NULL, 's'},
      {"count", required_argument, NULL, 'c'},   {"split", required_argument, NULL, 'x'},
      {"sockets", required_argument, NULL, 'k'}, {"deadline", required_argument, NULL, 'd'},
      {"window", required_argument, NULL, 'w'},  {"first", required_argument, NULL, 'f'},
      {"pid", required_argument, NULL, 'i'},     {0}};
  struct settings settings = {
      .address = "127.0.0.1", .type = "A", .sockets = 8, .rate = 500, .seconds = 5, .deadline = 6};
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'a': settings.address = optarg; break;
    case 'p': settings.port = atoi(optarg); break;
    case 'n': settings.name = optarg; break;
    case 't': settings.type = optarg; break;
    case 'r': settings.rate = atof(optarg); break;
    case 's': settings.seconds = atof(optarg); break;
    case 'c': settings.count = atol(optarg); break;
    case 'x': settings.split = atof(optarg); break;
    case 'k': settings.sockets = atoi(optarg); break;
    case 'd': settings.deadline = atof(optarg); break;
    case 'w': settings.window = atol(optarg); break;
    case 'f': settings.first = atol(optarg); break;
    case 'i': settings.pids = optarg; break;
    default: exit(2);
    }
  }
  if (settings.port < 1 || settings.port > 65535 || !settings.name) fail("needs --port N and --name NAME", NULL);
  if (settings.sockets < 1 || settings.sockets > max_sockets) fail("--sockets is 1 to 64", NULL);
  if (settings.count <= 0) settings.count = (long)(settings.rate * settings.seconds);
  if (settings.count < 1 || settings.count > (long)settings.sockets * ids_of_a_socket)
    fail("needs --count N, or --rate and --seconds, of at most 65536 for each socket", NULL);
  return settings;
}

int main(int argc, char **argv) {
  struct settings settings = read_arguments(argc, argv);
  attempts = calloc((size_t)settings.count, sizeof *attempts);
  if (!attempts) fail("out of memory", NULL);
  for (int i = 0; i < settings.sockets; i++) fds[i] = open_socket(&settings);
  double cpu = cpu_seconds(settings.pids), start = now_seconds();
  run(&settings);
  cpu = cpu_seconds(settings.pids) - cpu;
  if (settings.pids)
    printf("qps=%.0f cpu_us_per_query=%.3f ", (double)done / (now_seconds() - start), cpu * 1e6 / (double)(done ? done : 1));
  if (settings.split > 0) {
    report(&settings, "before", 0, settings.split);
    report(&settings, "after", settings.split, 1e9);
  } else report(&settings, "all", 0, 1e9);
  return done > 0 ? 0 : 1;
}
