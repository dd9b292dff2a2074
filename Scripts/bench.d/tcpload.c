// tcpload: DNS load over TCP on loopback, pipelined over many connections, with the server's CPU time beside it.
//
// usage: tcpload --port N --queries FILE [option]...
//   --queries FILE     lines "NAME TYPE"; at most 1,048,576, sent in random order, over and over
//   --seconds S        how long to measure [5]
//   --warmup S         load before that, not counted [0.5]
//   --pid PID[,PID...] processes whose CPU time is measured: the sum over their threads, to the nanosecond
//   --connections N    1-1024 [100]
//   --depth N          queries in flight on each connection, 1-64 [10]
//   --expect R,N[,M]   every reply must have RCODE R, N answers and at least M additional records, and no TC
//   --seed N           another random order [1]
//
// All connections stay open; as many queries go out on one as replies came in. Replies may come in any order. Prints one
// line of name=value; exits with 0, with 1 when a reply was not as expected, with 2 on wrong usage or when the server
// closes a connection, answers what was not asked or stands still for two seconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

#include "cpu_time.h"
#include "expect.h"
#include "query_file.h"

enum {
  max_connections = 1024,
  max_depth = 64,  // a query ID is a slot number in its low bits and a count above it
  in_size = 1 << 16,
  out_size = max_depth * (2 + max_query_size),
  patience_ms = 2000,
};

// `out` holds queries the kernel has not taken yet, `in` the beginning of a reply whose rest is still to come.
struct connection {
  int fd;
  bool waits_to_write;
  uint16_t id[max_depth];
  bool busy[max_depth];
  size_t in_count, out_count;
  uint8_t in[in_size], out[out_size];
};

struct settings {
  int port, connections, depth;
  double seconds, warmup;
  unsigned seed;
  const char *queries, *pids;
};

static struct connection *connections;
static struct expectation expected;
static size_t next_query;
static uint64_t answered, wrong, octets;
static int epoll_fd;

static double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void open_connection(struct connection *connection, int port) {
  struct sockaddr_in server = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
  connection->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&server, sizeof server) != 0)
    fail("cannot connect", strerror(errno));
  setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, connection->fd, &event) != 0) fail("epoll", strerror(errno));
}

// Appends the next query for a slot, behind its length (RFC 1035 4.2.2).
static void stage(struct connection *connection, int slot) {
  const struct query *query = &queries[next_query];
  uint8_t *at = connection->out + connection->out_count;
  uint16_t id = connection->id[slot] = (uint16_t)(connection->id[slot] + max_depth);
  next_query = next_query + 1 < query_count ? next_query + 1 : 0;
  at[0] = (uint8_t)(query->size >> 8), at[1] = (uint8_t)query->size;
  memcpy(at + 2, query->octets, query->size);
  at[2] = (uint8_t)(id >> 8), at[3] = (uint8_t)id;
  connection->out_count += 2u + query->size;
  connection->busy[slot] = true;
}

// Hands over what is staged, and asks to be told when there is room for what the kernel did not take.
static void flush(struct connection *connection) {
  if (connection->out_count > 0) {
    ssize_t sent = send(connection->fd, connection->out, connection->out_count, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) fail("the server closed a connection", strerror(errno));
    if (sent < 0) sent = 0;
    connection->out_count -= (size_t)sent;
    memmove(connection->out, connection->out + sent, connection->out_count);
  }
  bool must_wait = connection->out_count > 0;
  if (must_wait == connection->waits_to_write) return;
  connection->waits_to_write = must_wait;
  struct epoll_event event = {.events = EPOLLIN | (must_wait ? EPOLLOUT : 0), .data.ptr = connection};
  epoll_ctl(epoll_fd, EPOLL_CTL_MOD, connection->fd, &event);
}

static void take_reply(struct connection *connection, const uint8_t *reply, size_t size, const struct settings *settings) {
  uint16_t id = size >= 12 ? (uint16_t)(reply[0] << 8 | reply[1]) : 0;
  int slot = id & (max_depth - 1);
  if (size < 12 || !(reply[2] & 0x80) || slot >= settings->depth || !connection->busy[slot] || connection->id[slot] != id)
    fail("the server sent what is no reply to a query in flight", NULL);
  answered++;
  octets += size;
  wrong += !is_expected(&expected, reply);
  connection->busy[slot] = false;
}

// Takes the whole replies there are; a query follows each.
static void receive(struct connection *connection, const struct settings *settings) {
  ssize_t count = recv(connection->fd, connection->in + connection->in_count, in_size - connection->in_count, MSG_DONTWAIT);
  if (count < 0 && errno == EAGAIN) return;
  if (count <= 0) fail("the server closed a connection", count < 0 ? strerror(errno) : NULL);
  connection->in_count += (size_t)count;
  size_t at = 0;
  while (connection->in_count - at >= 2) {
    const uint8_t *message = connection->in + at;
    size_t size = (size_t)(message[0] << 8 | message[1]);
    if (connection->in_count - at < 2 + size) break;
    take_reply(connection, message + 2, size, settings);
    stage(connection, (message[2] << 8 | message[3]) & (max_depth - 1));
    at += 2 + size;
  }
  connection->in_count -= at;
  memmove(connection->in, connection->in + at, connection->in_count);
}

static void run_for(const struct settings *settings, double seconds) {
  struct epoll_event events[64];
  double end = now_seconds() + seconds;
  while (now_seconds() < end) {
    int count = epoll_wait(epoll_fd, events, 64, patience_ms);
    if (count == 0) fail("no reply came for two seconds", NULL);
    for (int i = 0; i < count; i++) {
      struct connection *connection = events[i].data.ptr;
      receive(connection, settings);
      flush(connection);
    }
  }
}

static int measure(const struct settings *settings) {
  for (int i = 0; i < settings->connections; i++) {
    for (int slot = 0; slot < settings->depth; slot++) {
      connections[i].id[slot] = (uint16_t)slot;
      stage(&connections[i], slot);
    }
    flush(&connections[i]);
  }
  run_for(settings, settings->warmup);
  answered = octets = 0;
  double start = now_seconds(), cpu = cpu_seconds(settings->pids);
  run_for(settings, settings->seconds);
  double elapsed = now_seconds() - start;
  cpu = cpu_seconds(settings->pids) - cpu;
  double divisor = answered ? (double)answered : 1;
  printf("answered=%llu lost=0 wrong=%llu qps=%.0f cpu_us_per_query=%.4f server_busy=%.3f reply_octets=%.1f\n",
         (unsigned long long)answered, (unsigned long long)wrong, (double)answered / elapsed, cpu * 1e6 / divisor,
         cpu / elapsed, (double)octets / divisor);
  return answered && !wrong ? 0 : 1;
}

static struct settings read_arguments(int argc, char **argv) {
  static const struct option options[] = {
      {"port", required_argument, NULL, 'p'},    {"queries", required_argument, NULL, 'q'},
      {"seconds", required_argument, NULL, 's'}, {"warmup", required_argument, NULL, 'u'},
      {"pid", required_argument, NULL, 'i'},     {"connections", required_argument, NULL, 'c'},
      {"depth", required_argument, NULL, 'd'},   {"expect", required_argument, NULL, 'a'},
      {"seed", required_argument, NULL, 'r'},    {0}};
  struct settings settings = {.connections = 100, .depth = 10, .seconds = 5, .warmup = 0.5, .seed = 1};
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'p': settings.port = atoi(optarg); break;
    case 'q': settings.queries = optarg; break;
    case 's': settings.seconds = atof(optarg); break;
    case 'u': settings.warmup = atof(optarg); break;
    case 'i': settings.pids = optarg; break;
    case 'c': settings.connections = atoi(optarg); break;
    case 'd': settings.depth = atoi(optarg); break;
    case 'a': expected = read_expectation(optarg); break;
    case 'r': settings.seed = (unsigned)atoi(optarg); break;
    default: exit(2);
    }
  }
  if (settings.port < 1 || settings.port > 65535 || !settings.queries) fail("needs --port N and --queries FILE", NULL);
  if (settings.connections < 1 || settings.connections > max_connections) fail("--connections is 1 to 1024", NULL);
  if (settings.depth < 1 || settings.depth > max_depth) fail("--depth is 1 to 64", NULL);
  return settings;
}

int main(int argc, char **argv) {
  struct settings settings = read_arguments(argc, argv);
  read_queries(settings.queries, settings.seed, false);
  connections = calloc((size_t)settings.connections, sizeof *connections);
  epoll_fd = epoll_create1(0);
  if (!connections || epoll_fd < 0) fail("out of memory or of files", NULL);
  for (int i = 0; i < settings.connections; i++) open_connection(&connections[i], settings.port);
  return measure(&settings);
}
