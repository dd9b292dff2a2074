// udpload: DNS load over UDP on loopback, with every query accounted for and the server's CPU time beside it.
//
// usage: udpload --port N --queries FILE [option]...
//   --queries FILE     lines "NAME TYPE"; at most 1,048,576, sent in random order, over and over
//   --seconds S        how long to measure [5]
//   --warmup S         load before that, not counted [0.5]
//   --pid PID[,PID...] processes whose CPU time is measured: the sum over their threads, to the nanosecond
//   --threads PREFIX   also print the CPU time of those of their threads whose names begin so (thread_us_per_query)
//   --window N         queries in flight, all sockets together [512]
//   --sockets N        source ports, 1-64 [8]
//   --gso              hand the kernel up to 64 queries as one buffer that it cuts up again (UDP_SEGMENT): a cheaper load,
//                      which can fill a fast server; all names in the file must then have one length
//   --expect R,N[,M]   every reply must have RCODE R, N answers and at least M additional records, and no TC
//   --edns             send an OPT record with a UDP size of 1232
//   --seed N           another random order [1]
//   --until-refused    go on until the server's socket is closed (ICMP port unreachable); use --window = --sockets,
//                      so that a socket has one query in flight and the refusal can only be that one's
//   --first-answer     send one query a millisecond until one is answered with NOERROR and an answer record; print
//                      the milliseconds that took
//
// A query is answered when a reply with its ID comes back, lost after a second without one, refused when the kernel
// says nobody listens. After the last query is sent the replies still due are waited for. Prints one line of
// name=value; exits with 0, with 1 when nothing was answered or a reply was not as expected, with 2 on wrong usage.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { batch_size = 64 };

#include "cpu_time.h"
#include "expect.h"
#include "datagrams.h"
#include "query_file.h"

enum {
  max_sockets = 64,
  // A query ID is a slot number in its low bits and the slot's generation above it.
  slot_bits = 10,
  max_slots = 1 << slot_bits,
};
static const double reply_deadline_seconds = 1.0;

// One source port, and what is in flight from it.
struct source {
  int fd;
  int in_flight;
  int free_count;
  uint16_t free_slots[max_slots];
  uint16_t id[max_slots];
  bool busy[max_slots];
  double sent_at[max_slots];
  double swept_at;
  bool closed;
};

struct counts {
  uint64_t sent, answered, lost, refused, stray, wrong, octets, rcode[16];
};

struct settings {
  int port, window, sockets;
  double seconds, warmup;
  bool edns, gso, until_refused, first_answer;
  unsigned seed;
  const char *queries, *pids, *threads;
};

static size_t next_query;
static struct expectation expected;
static struct source sources[max_sockets];
static struct counts counts;

static double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// --- Sockets --------------------------------------------------------------------------------------------------

static void open_source(struct source *source, int port, int slots) {
  source->fd = connected_datagrams(port);
  source->free_count = slots;
  for (int slot = 0; slot < slots; slot++) source->free_slots[slot] = (uint16_t)slot;
}

static void release(struct source *source, int slot) {
  source->busy[slot] = false;
  source->free_slots[source->free_count++] = (uint16_t)slot;
  source->in_flight--;
}

// Nobody listens any more. The queue of errors holds one per refused query, so one query goes for each.
static void note_refusal(struct source *source) {
  source->closed = true;
  for (int slot = 0; slot < max_slots; slot++) {
    if (!source->busy[slot]) continue;
    counts.refused++;
    release(source, slot);
    return;
  }
}

static void take_reply(struct source *source, const uint8_t *reply, size_t size) {
  uint16_t id = (uint16_t)(reply[0] << 8 | reply[1]);
  int slot = id & (max_slots - 1);
  if (size < 12 || !(reply[2] & 0x80) || !source->busy[slot] || source->id[slot] != id) {
    counts.stray++;
    return;
  }
  counts.answered++;
  counts.octets += size;
  counts.rcode[reply[3] & 15]++;
  counts.wrong += !is_expected(&expected, reply);
  release(source, slot);
}

// Returns whether anything came in.
static bool receive(struct source *source) {
  int received = recvmmsg(source->fd, incoming, batch_size, MSG_DONTWAIT, NULL);
  if (received < 0 && errno == ECONNREFUSED) note_refusal(source);
  for (int i = 0; i < received; i++) take_reply(source, incoming_octets[i], incoming[i].msg_len);
  return received > 0;
}

// Counts as lost what has waited longer than the deadline; looks ten times a second.
static void sweep(struct source *source, double now) {
  if (now - source->swept_at < 0.1) return;
  source->swept_at = now;
  for (int slot = 0; slot < max_slots; slot++) {
    if (!source->busy[slot] || now - source->sent_at[slot] < reply_deadline_seconds) continue;
    counts.lost++;
    release(source, slot);
  }
}

// Takes a free slot, writes the next query into place `at` of the batch, and returns the slot.
static uint16_t stage(struct source *source, int at) {
  const struct query *query = &queries[next_query++ % query_count];
  uint16_t slot = source->free_slots[--source->free_count];
  uint16_t id = (uint16_t)((source->id[slot] & ~(max_slots - 1)) + max_slots) | slot;
  source->id[slot] = id;
  memcpy(outgoing_octets[at], query->octets, query->size);
  outgoing_octets[at][0] = (uint8_t)(id >> 8);
  outgoing_octets[at][1] = (uint8_t)id;
  outgoing_slices[at].iov_len = query->size;
  return slot;
}

// Sends the first `count` slices as one buffer with cutting marks; all or nothing.
static int send_segments(int fd, int count) {
  union {
    char octets[CMSG_SPACE(sizeof(uint16_t))];
    struct cmsghdr header;
  } control = {.header = {.cmsg_level = SOL_UDP, .cmsg_type = UDP_SEGMENT, .cmsg_len = CMSG_LEN(sizeof(uint16_t))}};
  struct msghdr message = {.msg_iov = outgoing_slices,
                           .msg_iovlen = (size_t)count,
                           .msg_control = control.octets,
                           .msg_controllen = sizeof control.octets};
  uint16_t size = (uint16_t)outgoing_slices[0].iov_len;
  memcpy(CMSG_DATA(&control.header), &size, sizeof size);
  return sendmsg(fd, &message, 0) < 0 ? -1 : count;
}

// Fills half a window or a batch at once, so that the load itself stays cheap. Returns whether anything went out.
static bool fill(struct source *source, int slots, bool gso, double now) {
  uint16_t staged[batch_size];
  int room = source->free_count < batch_size ? source->free_count : batch_size;
  if (room == 0 || (room < (slots + 1) / 2 && room < batch_size / 2)) return false;
  for (int i = 0; i < room; i++) staged[i] = stage(source, i);
  int sent = gso ? send_segments(source->fd, room) : sendmmsg(source->fd, outgoing, (unsigned)room, 0);
  // An earlier query's refusal is reported here: nothing of this batch went out.
  if (sent < 0 && errno == ECONNREFUSED) note_refusal(source);
  if (sent < 0) sent = 0;
  for (int i = 0; i < sent; i++) {
    source->busy[staged[i]] = true;
    source->sent_at[staged[i]] = now;
  }
  for (int i = room - 1; i >= sent; i--) source->free_slots[source->free_count++] = staged[i];
  source->in_flight += sent;
  counts.sent += (uint64_t)sent;
  return sent > 0;
}

// --- Runs -----------------------------------------------------------------------------------------------------

static int total_in_flight(int socket_count) {
  int total = 0;
  for (int i = 0; i < socket_count; i++) total += sources[i].in_flight;
  return total;
}

// One pass over all sockets; `sending` false only collects. Returns whether a socket may still send.
static bool turn(const struct settings *settings, bool sending) {
  struct pollfd waiting[max_sockets];
  bool progress = false, open = false;
  double now = now_seconds();
  for (int i = 0; i < settings->sockets; i++) {
    struct source *source = &sources[i];
    progress |= receive(source);
    sweep(source, now);
    bool may_send = sending && !(settings->until_refused && source->closed);
    if (may_send) progress |= fill(source, settings->window / settings->sockets, settings->gso, now);
    open |= may_send;
    waiting[i] = (struct pollfd){source->fd, POLLIN, 0};
  }
  if (!progress) poll(waiting, (nfds_t)settings->sockets, 1);
  return open;
}

static void run_for(const struct settings *settings, double seconds) {
  double end = now_seconds() + seconds;
  while (now_seconds() < end) turn(settings, true);
}

static void drain(const struct settings *settings) {
  while (total_in_flight(settings->sockets) > 0) turn(settings, false);
}

// What the measured seconds came to, before the last replies were waited for.
struct window {
  double elapsed, cpu, answered, thread_cpu;
};

static int report(const struct window *window) {
  double answered = window->answered > 0 ? window->answered : 1;
  printf("sent=%llu answered=%llu lost=%llu refused=%llu stray=%llu wrong=%llu", (unsigned long long)counts.sent,
         (unsigned long long)counts.answered, (unsigned long long)counts.lost, (unsigned long long)counts.refused,
         (unsigned long long)counts.stray, (unsigned long long)counts.wrong);
  printf(" qps=%.0f cpu_us_per_query=%.4f server_busy=%.3f", window->answered / window->elapsed,
         window->cpu * 1e6 / answered, window->cpu / window->elapsed);
  if (window->thread_cpu > 0) printf(" thread_us_per_query=%.4f", window->thread_cpu * 1e6 / answered);
  printf(" reply_octets=%.1f", counts.answered ? (double)counts.octets / (double)counts.answered : 0);
  for (int i = 0; i < 16; i++)
    if (counts.rcode[i]) printf(" rcode%d=%llu", i, (unsigned long long)counts.rcode[i]);
  printf("\n");
  return counts.answered && !counts.wrong ? 0 : 1;
}

static int measure(const struct settings *settings) {
  run_for(settings, settings->warmup);
  memset(&counts, 0, sizeof counts);
  // What is in flight now is counted when its reply comes, so it counts as sent too.
  counts.sent = (uint64_t)total_in_flight(settings->sockets);
  const char *threads = settings->threads, *pids = threads ? settings->pids : NULL;
  double start = now_seconds(), cpu = cpu_seconds(settings->pids), thread_cpu = thread_cpu_seconds(pids, threads);
  run_for(settings, settings->seconds);
  struct window window = {now_seconds() - start, cpu_seconds(settings->pids) - cpu, (double)counts.answered,
                          thread_cpu_seconds(pids, threads) - thread_cpu};
  drain(settings);
  return report(&window);
}

// The same for a server that stops meanwhile, so that its CPU time cannot be read at the end.
static int account_until_refused(const struct settings *settings) {
  double start = now_seconds();
  while (turn(settings, true) && now_seconds() < start + settings->seconds) continue;
  struct window window = {now_seconds() - start, 0, (double)counts.answered, 0};
  drain(settings);
  return report(&window);
}

static int await_first_answer(const struct settings *settings) {
  double start = now_seconds();
  while (now_seconds() < start + settings->seconds) {
    uint8_t reply[max_reply_size];
    send(sources[0].fd, queries[0].octets, queries[0].size, 0);
    struct pollfd waiting = {sources[0].fd, POLLIN, 0};
    poll(&waiting, 1, 1);
    while (recv(sources[0].fd, reply, sizeof reply, 0) >= 12) {
      bool answered = (reply[3] & 15) == 0 && (reply[6] << 8 | reply[7]) > 0;
      if (answered) return printf("%.1f\n", (now_seconds() - start) * 1e3) > 0 ? 0 : 1;
    }
    // A refusal wakes poll at once; without this pause a closed port would be asked as fast as we can.
    nanosleep(&(struct timespec){0, 500 * 1000}, NULL);
  }
  fprintf(stderr, "udpload: no answer within %.1f seconds\n", settings->seconds);
  return 1;
}

static struct settings read_arguments(int argc, char **argv) {
  static const struct option options[] = {
      {"port", required_argument, NULL, 'p'},    {"queries", required_argument, NULL, 'q'},
      {"seconds", required_argument, NULL, 's'}, {"warmup", required_argument, NULL, 'u'},
      {"pid", required_argument, NULL, 'i'},     {"window", required_argument, NULL, 'w'},
      {"sockets", required_argument, NULL, 'n'}, {"edns", no_argument, NULL, 'e'},
      {"gso", no_argument, NULL, 'g'},           {"expect", required_argument, NULL, 'a'},
      {"seed", required_argument, NULL, 'r'},    {"until-refused", no_argument, NULL, 'x'},
      {"first-answer", no_argument, NULL, 'f'},  {"threads", required_argument, NULL, 't'},
      {0}};
  struct settings settings = {.window = 512, .sockets = 8, .seconds = 5, .warmup = 0.5, .seed = 1};
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'p': settings.port = atoi(optarg); break;
    case 'q': settings.queries = optarg; break;
    case 's': settings.seconds = atof(optarg); break;
    case 'u': settings.warmup = atof(optarg); break;
    case 'i': settings.pids = optarg; break;
    case 'w': settings.window = atoi(optarg); break;
    case 'n': settings.sockets = atoi(optarg); break;
    case 'g': settings.gso = true; break;
    case 'e': settings.edns = true; break;
    case 'a': expected = read_expectation(optarg); break;
    case 'r': settings.seed = (unsigned)atoi(optarg); break;
    case 'x': settings.until_refused = true; break;
    case 'f': settings.first_answer = true; break;
    case 't': settings.threads = optarg; break;
    default: exit(2);
    }
  }
  if (settings.port < 1 || settings.port > 65535 || !settings.queries) fail("needs --port N and --queries FILE", NULL);
  if (settings.sockets < 1 || settings.sockets > max_sockets) fail("--sockets is 1 to 64", NULL);
  if (settings.window < settings.sockets || settings.window / settings.sockets > max_slots)
    fail("--window is at least --sockets and at most 1024 for each of them", NULL);
  return settings;
}

int main(int argc, char **argv) {
  struct settings settings = read_arguments(argc, argv);
  read_queries(settings.queries, settings.seed, settings.edns);
  if (settings.gso && !queries_have_one_size()) fail("--gso needs names of one length", NULL);
  for (int i = 0; i < settings.sockets; i++) open_source(&sources[i], settings.port, settings.window / settings.sockets);
  point_messages_at_slots();
  if (settings.first_answer) return await_first_answer(&settings);
  return settings.until_refused ? account_until_refused(&settings) : measure(&settings);
}
