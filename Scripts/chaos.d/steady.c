// steady: questions at a fixed rate over UDP, TCP and TLS at once, whatever the server does, and every answer compared
// with what it has to be.
//
// usage: steady --port N --questions FILE [option]...
//   --questions FILE  lines "NAME TYPE RCODE [RDATA]...": A and AAAA records (or a whole response without any) that must
//                     be all there are, in any order. Several lines with one name and type are as many right answers. A %
//                     in a name becomes another number each time.
//   --address A       the server [127.0.0.1]
//   --udp R           queries a second over UDP [1000]; --tcp R and --tls R: over TCP and TLS [0]
//   --tls-port N      where TLS is [853]
//   --connections N   of TCP, and as many of TLS, each 200 queries long [8]
//   --sockets N       source ports of UDP, 1-64 [16]
//   --seconds S       for how long [10]; SIGTERM ends it earlier
//   --deadline S      an answer that takes longer is lost [2]
//
// A query goes out when it is due, not when another one was answered. One over UDP is sent once. One over TCP or TLS is
// sent again on another connection where its own was closed without an answer, as RFC 7766 section 6.2.4 asks of
// clients; that is counted as `again`, and the time runs on. Prints a line of name=value for each transport:
//   sent, answered, lost, wrong, late (answers after the deadline), refused (ICMP), again, connections
//   p50_us, p99_us, p999_us, max_us
// Says on standard error what the first wrong answers were. Exits with 0, with 1 where something was lost or wrong, with
// 2 on wrong usage.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../bench.d/fail.h"
#include "../bench.d/histogram.h"
#include "../bench.d/query.h"
#include "answers.h"

enum {
  max_sockets = 64,
  max_in_flight = 256,
  // Of a source port; the queries' IDs are a number that goes around, and this divides it.
  max_datagrams_in_flight = 1 << 14,
  queries_per_connection = 200,
  // The largest answer that these questions have.
  max_response = 4096,
};

struct counts {
  uint64_t sent, answered, lost, wrong, late, refused, again, connections;
  struct histogram times;
};

static struct sockaddr_in server = {.sin_family = AF_INET}, tls_server = {.sin_family = AF_INET};
static double deadline = 2, seconds = 10;
static int connections = 8, sockets = 16;
static double rates[3] = {1000, 0, 0};
static atomic_bool is_over;
static SSL_CTX *tls_context;
static const char *const names[3] = {"udp", "tcp", "tls"};
static atomic_uint_fast64_t next_number;

static uint64_t now_us(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (uint64_t)time.tv_sec * 1000000 + (uint64_t)time.tv_nsec / 1000;
}

static void add_counts(struct counts *sum, const struct counts *one) {
  sum->sent += one->sent, sum->answered += one->answered, sum->lost += one->lost, sum->wrong += one->wrong;
  sum->late += one->late, sum->refused += one->refused, sum->again += one->again, sum->connections += one->connections;
  sum->times.total += one->times.total;
  if (one->times.highest > sum->times.highest) sum->times.highest = one->times.highest;
  for (unsigned i = 0; i < histogram_buckets; i++) sum->times.counts[i] += one->times.counts[i];
}

static void count_answer(struct counts *counts, const struct query *query, unsigned question, const uint8_t *octets,
                         size_t size, uint64_t took) {
  counts->answered++;
  histogram_add(&counts->times, took, 1);
  if (!is_right(query, question, octets, size)) counts->wrong++;
}

// How long nothing has to be sent, in milliseconds: 0 where a query is due, at most 20.
static int idle_ms(uint64_t sent, double rate, uint64_t start) {
  double due = (double)(sent + 1) / rate * 1e3, now = (double)(now_us() - start) * 1e-3;
  return due <= now ? 0 : due - now > 20 ? 20 : (int)(due - now) + 1;
}

// UDP ------------------------------------------------------------------------------------------------------------------

struct flight {
  bool busy;
  unsigned question;
  uint64_t sent_at;
  struct query query;
};

struct source {
  int fd;
  uint16_t next, oldest;
  struct flight flights[max_datagrams_in_flight];
};

static void receive_datagrams(struct source *source, struct counts *counts) {
  uint8_t octets[max_response];
  for (;;) {
    ssize_t size = recv(source->fd, octets, sizeof octets, MSG_DONTWAIT);
    if (size < 0 && errno == ECONNREFUSED) {
      counts->refused++;
      continue;
    }
    if (size < 0) return;
    if (size < 12) continue;
    struct flight *flight = &source->flights[(octets[0] << 8 | octets[1]) % max_datagrams_in_flight];
    if (!flight->busy || memcmp(octets, flight->query.octets, 2) != 0) {
      counts->late++;
      continue;
    }
    flight->busy = false;
    count_answer(counts, &flight->query, flight->question, octets, (size_t)size, now_us() - flight->sent_at);
  }
}

// Gives up what is older than the deadline, oldest first.
static void sweep(struct source *source, struct counts *counts, uint64_t now) {
  while (source->oldest != source->next) {
    struct flight *flight = &source->flights[source->oldest % max_datagrams_in_flight];
    if (flight->busy && now - flight->sent_at < (uint64_t)(deadline * 1e6)) return;
    if (flight->busy) {
      flight->busy = false;
      counts->lost++;
      fprintf(stderr, "steady: lost over UDP: %s, sent %.3f s before\n", question_text(flight->question),
              (double)(now - flight->sent_at) * 1e-6);
    }
    source->oldest++;
  }
}

static void send_datagram(struct source *source, struct counts *counts, unsigned *random) {
  if ((uint16_t)(source->next - source->oldest) == max_datagrams_in_flight) fail("too many queries without an answer", NULL);
  struct flight *flight = &source->flights[source->next % max_datagrams_in_flight];
  flight->question = pick_question(random);
  make_query(&flight->query, flight->question, atomic_fetch_add(&next_number, 1), source->next);
  flight->sent_at = now_us();
  flight->busy = true;
  source->next++;
  counts->sent++;
  // A refusal that is due to an earlier query is told once, here or in recv; the query itself has not gone out then.
  while (send(source->fd, flight->query.octets, flight->query.size, 0) < 0 && errno == ECONNREFUSED) counts->refused++;
}

static void *run_udp(void *result) {
  struct counts *counts = result;
  static struct source *sources;
  struct pollfd polled[max_sockets];
  unsigned random = 1;
  sources = calloc((size_t)sockets, sizeof *sources);
  if (!sources) fail("out of memory", NULL);
  for (int i = 0; i < sockets; i++) {
    int size = 4 << 20;
    sources[i].fd = socket(AF_INET, SOCK_DGRAM, 0);
    setsockopt(sources[i].fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    setsockopt(sources[i].fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size);
    if (connect(sources[i].fd, (struct sockaddr *)&server, sizeof server) != 0) fail("cannot connect", strerror(errno));
    polled[i] = (struct pollfd){.fd = sources[i].fd, .events = POLLIN, .revents = POLLIN};
  }
  uint64_t start = now_us(), end = start + (uint64_t)(seconds * 1e6);
  for (bool sending = true;;) {
    uint64_t now = now_us(), left = 0;
    if (sending && (now >= end || is_over)) sending = false;
    uint64_t due = (uint64_t)((double)(now - start) * 1e-6 * rates[0]);
    // Where it comes late it sends what is due with the next turns, and not all at once.
    for (int burst = 0; sending && counts->sent < due && burst < 64; burst++)
      send_datagram(&sources[counts->sent % (unsigned)sockets], counts, &random);
    now = now_us();
    for (int i = 0; i < sockets; i++) {
      if (polled[i].revents) receive_datagrams(&sources[i], counts);
      sweep(&sources[i], counts, now);
      left += (uint16_t)(sources[i].next - sources[i].oldest);
    }
    if (!sending && left == 0) break;
    poll(polled, (nfds_t)sockets, sending ? idle_ms(counts->sent, rates[0], start) : 1);
  }
  return NULL;
}

// TCP and TLS ----------------------------------------------------------------------------------------------------------

struct stream {
  int fd;
  SSL *tls;
  bool is_tls;
  unsigned on_this, filled, count;
  struct flight flights[max_in_flight];
  uint8_t buffer[65536 + 2];
};

static void close_stream(struct stream *stream) {
  if (stream->tls) SSL_shutdown(stream->tls), SSL_free(stream->tls);
  if (stream->fd >= 0) close(stream->fd);
  stream->tls = NULL, stream->fd = -1, stream->filled = 0, stream->on_this = 0;
}

// Waits for at most a second, so that a stop of the server shows as one.
static bool open_stream(struct stream *stream, struct counts *counts) {
  struct timeval patience = {.tv_sec = 1};
  int on = 1;
  stream->fd = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(stream->fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  setsockopt(stream->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(stream->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  struct sockaddr_in *to = stream->is_tls ? &tls_server : &server;
  bool is_open = connect(stream->fd, (struct sockaddr *)to, sizeof *to) == 0;
  if (is_open && stream->is_tls) {
    stream->tls = SSL_new(tls_context);
    SSL_set_fd(stream->tls, stream->fd);
    is_open = SSL_connect(stream->tls) == 1;
    ERR_clear_error();
  }
  if (!is_open) {
    close_stream(stream);
    return false;
  }
  counts->connections++;
  return true;
}

static bool send_octets(struct stream *stream, const struct query *query) {
  uint8_t octets[2 + max_query_size] = {(uint8_t)(query->size >> 8), (uint8_t)query->size};
  memcpy(octets + 2, query->octets, query->size);
  int size = query->size + 2;
  if (stream->tls) {
    int written = SSL_write(stream->tls, octets, size);
    ERR_clear_error();
    return written == size;
  }
  return send(stream->fd, octets, (size_t)size, MSG_NOSIGNAL) == size;
}

static bool is_readable(struct stream *stream, int wait_ms) {
  struct pollfd polled = {.fd = stream->fd, .events = POLLIN};
  return (stream->tls && SSL_pending(stream->tls) > 0) || poll(&polled, 1, wait_ms) > 0;
}

static void take_responses(struct stream *stream, struct counts *counts) {
  unsigned at = 0;
  while (stream->filled - at >= 2) {
    unsigned size = (unsigned)(stream->buffer[at] << 8 | stream->buffer[at + 1]);
    const uint8_t *octets = stream->buffer + at + 2;
    if (stream->filled - at < 2 + size) break;
    at += 2 + size;
    if (size < 12) continue;
    struct flight *flight = &stream->flights[(octets[0] << 8 | octets[1]) % max_in_flight];
    if (!flight->busy) {
      counts->late++;
      continue;
    }
    flight->busy = false;
    stream->count--;
    count_answer(counts, &flight->query, flight->question, octets, size, now_us() - flight->sent_at);
  }
  memmove(stream->buffer, stream->buffer + at, stream->filled - at);
  stream->filled -= at;
}

// Reads what there is; false where the connection is no more.
static bool receive_octets(struct stream *stream, struct counts *counts, int wait_ms) {
  if (!is_readable(stream, wait_ms)) return true;
  uint8_t *to = stream->buffer + stream->filled;
  size_t room = sizeof stream->buffer - stream->filled;
  ssize_t count;
  if (stream->tls) {
    count = SSL_read(stream->tls, to, (int)room);
    // A record that is no data (a ticket): not an end.
    if (count <= 0 && SSL_get_error(stream->tls, (int)count) == SSL_ERROR_WANT_READ) return true;
    ERR_clear_error();
  } else {
    count = recv(stream->fd, to, room, MSG_DONTWAIT);
    if (count < 0 && errno == EAGAIN) return true;
  }
  if (count <= 0) return false;
  stream->filled += (unsigned)count;
  take_responses(stream, counts);
  return true;
}

static void give_up_late(struct stream *stream, struct counts *counts) {
  uint64_t now = now_us();
  for (int i = 0; i < max_in_flight; i++) {
    struct flight *flight = &stream->flights[i];
    if (!flight->busy || now - flight->sent_at < (uint64_t)(deadline * 1e6)) continue;
    flight->busy = false;
    stream->count--;
    counts->lost++;
    fprintf(stderr, "steady: lost over %s: %s\n", stream->is_tls ? "TLS" : "TCP", question_text(flight->question));
  }
}

// Another connection, and on it what the one before left without an answer.
static bool begin_again(struct stream *stream, struct counts *counts) {
  close_stream(stream);
  if (!open_stream(stream, counts)) {
    usleep(2000);
    return false;
  }
  for (int i = 0; i < max_in_flight; i++) {
    if (!stream->flights[i].busy) continue;
    counts->again++;
    stream->on_this++;
    if (!send_octets(stream, &stream->flights[i].query)) return false;
  }
  return true;
}

struct stream_task {
  struct counts counts;
  bool is_tls;
  double rate;
  unsigned seed;
};

// Sends the next query; false where the connection is no more, and it waits among those in flight for another one.
static bool send_next(struct stream *stream, struct counts *counts, unsigned *random) {
  unsigned slot = (unsigned)(counts->sent % max_in_flight);
  struct flight *flight = &stream->flights[slot];
  if (flight->busy) return true;
  flight->question = pick_question(random);
  make_query(&flight->query, flight->question, atomic_fetch_add(&next_number, 1), (uint16_t)slot);
  flight->sent_at = now_us();
  flight->busy = true;
  stream->count++, stream->on_this++, counts->sent++;
  return send_octets(stream, &flight->query);
}

static void *run_stream(void *argument) {
  struct stream_task *task = argument;
  struct counts *counts = &task->counts;
  struct stream *stream = calloc(1, sizeof *stream);
  unsigned random = task->seed;
  if (!stream) fail("out of memory", NULL);
  stream->fd = -1, stream->is_tls = task->is_tls;
  uint64_t start = now_us(), end = start + (uint64_t)(seconds * 1e6);
  for (bool sending = true, is_open = false;;) {
    uint64_t now = now_us(), due = (uint64_t)((double)(now - start) * 1e-6 * task->rate);
    if (sending && (now >= end || is_over)) sending = false;
    if (!sending && stream->count == 0) break;
    give_up_late(stream, counts);
    if (is_open && stream->on_this >= queries_per_connection && stream->count == 0) is_open = false;
    if (!is_open) is_open = begin_again(stream, counts);
    // The last queries of a connection are answered before it ends.
    bool may_send = sending && stream->on_this < queries_per_connection;
    for (int burst = 0; is_open && may_send && counts->sent < due && burst < 16; burst++)
      is_open = send_next(stream, counts, &random);
    if (is_open) is_open = receive_octets(stream, counts, may_send ? idle_ms(counts->sent, task->rate, start) : 1);
  }
  close_stream(stream);
  free(stream);
  return NULL;
}

// ----------------------------------------------------------------------------------------------------------------------

static void stop(int number) {
  (void)number;
  is_over = true;
}

static void print_counts(const char *name, const struct counts *counts) {
  const struct histogram *times = &counts->times;
  printf("%s sent=%llu answered=%llu lost=%llu wrong=%llu late=%llu refused=%llu again=%llu connections=%llu p50_us=%llu"
         " p99_us=%llu p999_us=%llu max_us=%llu\n",
         name, (unsigned long long)counts->sent, (unsigned long long)counts->answered, (unsigned long long)counts->lost,
         (unsigned long long)counts->wrong, (unsigned long long)counts->late, (unsigned long long)counts->refused,
         (unsigned long long)counts->again, (unsigned long long)counts->connections,
         (unsigned long long)histogram_percentile(times, 500), (unsigned long long)histogram_percentile(times, 990),
         (unsigned long long)histogram_percentile(times, 999), (unsigned long long)times->highest);
}

static void read_arguments(int argc, char **argv) {
  static const struct option options[] = {
      {"port", 1, 0, 'p'},    {"tls-port", 1, 0, 'P'}, {"questions", 1, 0, 'q'},   {"address", 1, 0, 'a'},
      {"udp", 1, 0, 'u'},     {"tcp", 1, 0, 't'},      {"tls", 1, 0, 's'},         {"connections", 1, 0, 'c'},
      {"sockets", 1, 0, 'S'}, {"seconds", 1, 0, 'n'},  {"deadline", 1, 0, 'd'},    {0}};
  const char *questions = NULL, *address = "127.0.0.1";
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) switch (option) {
      case 'p': server.sin_port = htons((uint16_t)atoi(optarg)); break;
      case 'P': tls_server.sin_port = htons((uint16_t)atoi(optarg)); break;
      case 'q': questions = optarg; break;
      case 'a': address = optarg; break;
      case 'u': rates[0] = atof(optarg); break;
      case 't': rates[1] = atof(optarg); break;
      case 's': rates[2] = atof(optarg); break;
      case 'c': connections = atoi(optarg); break;
      case 'S': sockets = atoi(optarg); break;
      case 'n': seconds = atof(optarg); break;
      case 'd': deadline = atof(optarg); break;
      default: fail("its first lines say how to use it", NULL);
    }
  if (inet_pton(AF_INET, address, &server.sin_addr) != 1) fail("no IPv4 address", address);
  tls_server.sin_addr = server.sin_addr;
  if (!questions || server.sin_port == 0 || sockets < 1 || sockets > max_sockets || connections < 1)
    fail("--port and --questions are needed, --sockets is 1-64, --connections 1 or more", NULL);
  read_questions(questions);
}

int main(int argc, char **argv) {
  static struct counts sums[3];
  read_arguments(argc, argv);
  signal(SIGTERM, stop);
  signal(SIGPIPE, SIG_IGN);
  tls_context = SSL_CTX_new(TLS_client_method());
  if (!tls_context) fail("OpenSSL does not start", NULL);
  SSL_CTX_set_verify(tls_context, SSL_VERIFY_NONE, NULL);
  pthread_t udp, *threads = calloc((size_t)connections * 2, sizeof *threads);
  struct stream_task *tasks = calloc((size_t)connections * 2, sizeof *tasks);
  if (!threads || !tasks) fail("out of memory", NULL);
  if (rates[0] > 0) pthread_create(&udp, NULL, run_udp, &sums[0]);
  for (int i = 0; i < connections * 2; i++) {
    tasks[i].is_tls = i >= connections;
    tasks[i].rate = rates[tasks[i].is_tls ? 2 : 1] / connections;
    tasks[i].seed = (unsigned)i + 2;
    if (tasks[i].rate > 0) pthread_create(&threads[i], NULL, run_stream, &tasks[i]);
  }
  if (rates[0] > 0) pthread_join(udp, NULL);
  for (int i = 0; i < connections * 2; i++) {
    if (tasks[i].rate <= 0) continue;
    pthread_join(threads[i], NULL);
    add_counts(&sums[tasks[i].is_tls ? 2 : 1], &tasks[i].counts);
  }
  bool is_good = true;
  for (int i = 0; i < 3; i++) {
    if (rates[i] <= 0) continue;
    print_counts(names[i], &sums[i]);
    is_good = is_good && sums[i].lost == 0 && sums[i].wrong == 0 && sums[i].answered > 0;
  }
  return is_good ? 0 : 1;
}
