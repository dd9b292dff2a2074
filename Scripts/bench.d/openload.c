// openload: asks at a fixed rate, whatever the server does, and says how long the answers took.
//
// usage: openload --port N --queries FILE [option]...
//   --queries FILE   lines of "NAME TYPE"; they are asked in an order that --seed decides, over and over
//   --rate R         queries a second, evenly spaced [50000]
//   --seconds S      for how long [5], in whole bouts of 0.8 s
//   --sockets N      source ports, 1-64, each for at most 65536 queries a second; it changes every 16 queries [16]
//   --edns           send an OPT record with a UDP size of 1232
//   --seed N         another random order [1]
//
// Every query has a time on a schedule that is fixed beforehand, and an answer's time counts from there: a server that
// stalls delays all the queries that fall due meanwhile, and so does a generator that comes late. Nothing waits for an
// answer; as many are in flight as the server leaves unanswered. Queries without an answer within a second are lost,
// and count in the percentiles (and as the longest time) as if they had taken that second.
//
// One core is used up: the generator waits by asking for answers again and again, and sends several queries with one
// call only when it is behind. Linux takes the CPU from whoever uses it alone at real-time priority, for 50 ms in each
// second. So that this does not happen to the measured queries, they go out in bouts: 0.8 s measured, after 0.05 s of
// the same load that is not, then 0.15 s of rest. Half a second of load that is not measured comes before the first.
//
// Prints one line of name=value; times are microseconds, at most 0.8 % too high.
//   planned, sent, failed, answered   queries on the schedule, tried, refused by the kernel, answered in time
//   lost, late, stray                 planned but not answered in time; answers that came later; answers to nothing
//   qps                               the rate that was reached in sending
//   p50_us, p90_us, p99_us, p999_us, max_us
//   behind_p999_us, behind_max_us     how late the generator itself was: its share in the times above
//   kept                              yes where all was sent, and 99.9 % of it no more than 100 us late
//   rcodeN                            how many answers had RCODE N
// Exits with 0, with 1 when nothing was answered, with 2 on wrong usage. A bout ends at the latest a second after its
// schedule, whether all was sent or not; what was not sent is lost.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>

enum { batch_size = 16 };

#include "datagrams.h"
#include "histogram.h"
#include "query_file.h"

enum {
  max_sockets = 64,
  ids_of_a_socket = 1 << 16,
};
static const uint64_t kept_limit_ns = 100000, deadline_ns = 1000000000, rest_ns = 150000000, spin_ns = 10000000;
static const double bout_seconds = 0.8, lead_seconds = 0.05, warmup_seconds = 0.5;

// One source port. The ID of a query is its slot: `due` has the time it was to be sent, 0 once it is answered.
struct source {
  int fd;
  uint16_t next_id;
  uint64_t due[ids_of_a_socket];
};

struct settings {
  int port, sockets;
  double rate, seconds;
  bool edns;
  unsigned seed;
  const char *queries;
};

// Query number n of the bout is due at start_ns + n * interval_ns; those from `lead` on are measured.
struct bout {
  uint64_t start_ns, lead, planned, next, waiting, last_sent_ns;
  double interval_ns;
};

struct counts {
  uint64_t planned, sent, failed, answered, late, stray, rcode[16];
  double elapsed_ns;
};

static int poller;
static size_t next_query;
static struct source sources[max_sockets];
static struct bout bout;
static struct counts counts;
static struct histogram took, behind;

static uint64_t now_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static uint64_t due_ns(uint64_t number) { return bout.start_ns + (uint64_t)((double)number * bout.interval_ns); }

// --- Sockets --------------------------------------------------------------------------------------------------

static void open_source(struct source *source, int port) {
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = source};
  source->fd = connected_datagrams(port);
  if (epoll_ctl(poller, EPOLL_CTL_ADD, source->fd, &event) != 0)
    fail("cannot watch a socket", strerror(errno));
  // Touches the pages now, so that none is missing while the clock runs.
  memset(source->due, 1, sizeof source->due);
  memset(source->due, 0, sizeof source->due);
}

// Writes query `number` into place `at` of the batch, and its time into the slot that the answer will find.
static void stage(struct source *source, int at, uint64_t number, uint64_t now) {
  const struct query *query = &queries[next_query++ % query_count];
  uint16_t id = source->next_id++;
  uint64_t due = due_ns(number);
  source->due[id] = due;
  bout.waiting++;
  memcpy(outgoing_octets[at], query->octets, query->size);
  outgoing_octets[at][0] = (uint8_t)(id >> 8);
  outgoing_octets[at][1] = (uint8_t)id;
  outgoing_slices[at].iov_len = query->size;
  if (number < bout.lead) return;
  counts.sent++;
  histogram_add(&behind, now - due, 1);
}

// Sends the first `count` places of the batch; returns how many went out.
static int send_batch(int fd, int count) {
  if (count == 1) return send(fd, outgoing_octets[0], outgoing_slices[0].iov_len, 0) >= 0;
  int sent = sendmmsg(fd, outgoing, (unsigned)count, 0);
  return sent > 0 ? sent : 0;
}

// Sends what is due by `now`, up to the next change of the source port.
static void send_due(const struct settings *settings, uint64_t now) {
  struct source *source = &sources[bout.next / batch_size % (unsigned)settings->sockets];
  int room = batch_size - (int)(bout.next % batch_size), count = 0;
  while (count < room && bout.next < bout.planned && due_ns(bout.next) <= now) stage(source, count++, bout.next++, now);
  // One that the kernel refuses stays in its slot, unanswered.
  counts.failed += (uint64_t)(count - send_batch(source->fd, count));
  bout.last_sent_ns = now;
}

static void take_reply(struct source *source, const uint8_t *reply, size_t size, uint64_t now) {
  uint64_t *slot = &source->due[reply[0] << 8 | reply[1]], due = *slot;
  if (size < 12 || !(reply[2] & 0x80) || due == 0) {
    counts.stray++;
    return;
  }
  *slot = 0;
  if (due >= bout.start_ns) bout.waiting--;
  if (now - due > deadline_ns) {
    counts.late++;
    return;
  }
  if (due < due_ns(bout.lead)) return;
  counts.answered++;
  counts.rcode[reply[3] & 15]++;
  histogram_add(&took, now - due, 1);
}

// Takes what has come in; waits so long for something to come.
static void receive(int milliseconds) {
  struct epoll_event ready[max_sockets];
  int count = epoll_wait(poller, ready, max_sockets, milliseconds);
  for (int i = 0; i < count; i++) {
    struct source *source = ready[i].data.ptr;
    int received = recvmmsg(source->fd, incoming, batch_size, MSG_DONTWAIT, NULL);
    uint64_t now = now_ns();
    for (int j = 0; j < received; j++) take_reply(source, incoming_octets[j], incoming[j].msg_len, now);
  }
}

// --- Runs -----------------------------------------------------------------------------------------------------

// One bout of `lead` seconds that do not count and `seconds` that do, up to its last answer or the deadline; then rest.
static void run_bout(const struct settings *settings, double lead, double seconds) {
  bout = (struct bout){.start_ns = now_ns(), .interval_ns = 1e9 / settings->rate};
  bout.lead = (uint64_t)(settings->rate * lead);
  bout.planned = bout.lead + (uint64_t)(settings->rate * seconds);
  uint64_t schedule_end = due_ns(bout.planned), end = schedule_end + deadline_ns;
  for (uint64_t now; (now = now_ns()) < end && (bout.next < bout.planned || bout.waiting > 0);) {
    if (bout.next < bout.planned && due_ns(bout.next) <= now) send_due(settings, now);
    // Whatever is still missing long after the last query was due need not be waited for at full speed.
    receive(bout.next == bout.planned && now > schedule_end + spin_ns ? 1 : 0);
  }
  nanosleep(&(struct timespec){0, (long)rest_ns}, NULL);
}

static void run(const struct settings *settings) {
  int count = (int)(settings->seconds / bout_seconds + 0.999);
  run_bout(settings, warmup_seconds, 0);
  counts = (struct counts){0};
  for (int i = 0; i < count; i++) {
    run_bout(settings, lead_seconds, bout_seconds);
    counts.planned += bout.planned - bout.lead;
    counts.elapsed_ns += (double)bout.last_sent_ns - (double)due_ns(bout.lead) + bout.interval_ns;
  }
}

static double microseconds(uint64_t nanoseconds) { return (double)nanoseconds / 1e3; }

static void report_percentiles(void) {
  static const struct { const char *name; unsigned permille; } rows[] = {{"p50", 500}, {"p90", 900}, {"p99", 990}, {"p999", 999}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
    printf(" %s_us=%.1f", rows[i].name, microseconds(histogram_percentile(&took, rows[i].permille)));
  printf(" max_us=%.1f", microseconds(took.highest));
}

static int report(void) {
  uint64_t lost = counts.planned - counts.answered, behind_p999 = histogram_percentile(&behind, 999);
  bool kept = counts.sent == counts.planned && counts.failed == 0 && behind_p999 <= kept_limit_ns;
  histogram_add(&took, deadline_ns, lost);
  printf("planned=%llu sent=%llu failed=%llu answered=%llu", (unsigned long long)counts.planned,
         (unsigned long long)counts.sent, (unsigned long long)counts.failed, (unsigned long long)counts.answered);
  printf(" lost=%llu late=%llu stray=%llu qps=%.0f", (unsigned long long)lost, (unsigned long long)counts.late,
         (unsigned long long)counts.stray, (double)counts.sent * 1e9 / counts.elapsed_ns);
  report_percentiles();
  printf(" behind_p999_us=%.1f behind_max_us=%.1f kept=%s", microseconds(behind_p999), microseconds(behind.highest),
         kept ? "yes" : "no");
  for (int i = 0; i < 16; i++)
    if (counts.rcode[i]) printf(" rcode%d=%llu", i, (unsigned long long)counts.rcode[i]);
  printf("\n");
  return counts.answered ? 0 : 1;
}

static struct settings read_arguments(int argc, char **argv) {
  static const struct option options[] = {
      {"port", required_argument, NULL, 'p'},    {"queries", required_argument, NULL, 'q'},
      {"rate", required_argument, NULL, 'r'},    {"seconds", required_argument, NULL, 's'},
      {"sockets", required_argument, NULL, 'n'}, {"edns", no_argument, NULL, 'e'},
      {"seed", required_argument, NULL, 'x'},    {0}};
  struct settings settings = {.rate = 50000, .seconds = 5, .sockets = 16, .seed = 1};
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'p': settings.port = atoi(optarg); break;
    case 'q': settings.queries = optarg; break;
    case 'r': settings.rate = atof(optarg); break;
    case 's': settings.seconds = atof(optarg); break;
    case 'n': settings.sockets = atoi(optarg); break;
    case 'e': settings.edns = true; break;
    case 'x': settings.seed = (unsigned)atoi(optarg); break;
    default: exit(2);
    }
  }
  if (settings.port < 1 || settings.port > 65535 || !settings.queries) fail("needs --port N and --queries FILE", NULL);
  if (settings.sockets < 1 || settings.sockets > max_sockets) fail("--sockets is 1 to 64", NULL);
  // An ID is used again after the deadline only.
  if (!(settings.rate >= 2 && settings.rate <= (double)settings.sockets * ids_of_a_socket))
    fail("--rate is at least 2, and at most 65536 for each of --sockets", NULL);
  if (!(settings.seconds > 0 && settings.seconds <= 3600)) fail("--seconds is more than 0 and at most 3600", NULL);
  return settings;
}

int main(int argc, char **argv) {
  struct settings settings = read_arguments(argc, argv);
  read_queries(settings.queries, settings.seed, settings.edns);
  poller = epoll_create1(EPOLL_CLOEXEC);
  if (poller < 0) fail("cannot open an epoll instance", strerror(errno));
  for (int i = 0; i < settings.sockets; i++) open_source(&sources[i], settings.port);
  point_messages_at_slots();
  run(&settings);
  return report();
}
