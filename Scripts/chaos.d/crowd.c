// crowd: many clients of a port for DNS over TCP or TLS that want nothing, or do not behave.
//
// usage: crowd MODE --port N [--count N] [--seconds S] [--name NAME] [--tls]
//   idle     opens all (over TLS: shakes hands) and is silent
//   drip     the same, and each sends an octet of a query every second
//   deaf     each sends queries as fast as they are taken, and reads no answer
//   begin    each sends the first octets of a TLS handshake and is silent
//   reset    count times: connects, sends ten queries, and breaks off, with the answers on their way
//   new      count times: connects, asks, waits for the answer, closes
//   silent   no client but a server at a UDP port that never answers, and says at SIGTERM what it got
//
// The first four print "open=… seconds=…" when all are open, hold them for S seconds [10] or until the last is closed, and
// print "closed=… last_s=…", the longest that a connection was open until the server closed it. `reset` and `new` print
// "count=… seconds=… p50_ms=… p99_ms=… max_ms=…".
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <getopt.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "fail.h"
#include "query.h"

enum { max_connections = 20000, queries_of_a_reset = 10 };

struct connection {
  int fd;
  SSL *tls;
  double opened_at;
  size_t sent;
};

static struct connection connections[max_connections];
static uint8_t message[max_query_size + 2];
static size_t message_size;
static SSL_CTX *context;
static int port, count = 100;
static double seconds = 10;
static bool uses_tls;

static double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void make_message(char *name) {
  struct query query;
  build_query(&query, name, type_number("A"), false);
  message[0] = (uint8_t)(query.size >> 8);
  message[1] = (uint8_t)query.size;
  memcpy(message + 2, query.octets, query.size);
  message_size = query.size + 2u;
}

static struct connection open_connection(int receive_size) {
  struct sockaddr_in server = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  struct connection connection = {.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  if (connection.fd < 0) fail("no socket", strerror(errno));
  if (receive_size) setsockopt(connection.fd, SOL_SOCKET, SO_RCVBUF, &receive_size, sizeof receive_size);
  setsockopt(connection.fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
  // Nothing is waited for without end.
  setsockopt(connection.fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_sec = 5}, sizeof(struct timeval));
  if (connect(connection.fd, (struct sockaddr *)&server, sizeof server) != 0) fail("cannot connect", strerror(errno));
  connection.opened_at = now_seconds();
  if (!context) return connection;
  connection.tls = SSL_new(context);
  if (!connection.tls || SSL_set_fd(connection.tls, connection.fd) != 1 || SSL_connect(connection.tls) != 1)
    fail("no TLS handshake", NULL);
  return connection;
}

static void close_connection(struct connection *connection) {
  SSL_free(connection->tls);
  close(connection->fd);
  connection->fd = -1;
}

// --- Clients that hold their connections ------------------------------------------------------------------------

// Sends what the mode has to send now; the socket does not wait.
static void misbehave(const char *mode, struct connection *connection) {
  static const uint8_t hello[] = {22, 3, 1, 2, 0, 1, 0, 1, 0xFC, 3, 3};
  if (!strcmp(mode, "begin") && connection->sent == 0) {
    connection->sent = (size_t)send(connection->fd, hello, sizeof hello, MSG_NOSIGNAL | MSG_DONTWAIT);
  } else if (!strcmp(mode, "drip")) {
    (void)!send(connection->fd, message + connection->sent++ % message_size, 1, MSG_NOSIGNAL | MSG_DONTWAIT);
  } else if (!strcmp(mode, "deaf")) {
    for (ssize_t sent; (sent = send(connection->fd, message + connection->sent, message_size - connection->sent,
                                    MSG_NOSIGNAL | MSG_DONTWAIT)) > 0;)
      connection->sent = (connection->sent + (size_t)sent) % message_size;
  }
}

// Whether the server has closed it. What it sends, as session tickets, is thrown away.
static bool is_closed(const char *mode, const struct connection *connection) {
  uint8_t octets[4096];
  if (!strcmp(mode, "deaf")) {
    struct pollfd state = {.fd = connection->fd, .events = POLLRDHUP};
    return poll(&state, 1, 0) > 0 && state.revents & (POLLERR | POLLHUP | POLLRDHUP);
  }
  for (;;) {
    const ssize_t size = recv(connection->fd, octets, sizeof octets, MSG_DONTWAIT);
    if (size <= 0) return size == 0 || errno != EAGAIN;
  }
}

static void hold(const char *mode) {
  int open = count;
  double longest = 0, next = 0;
  const double start = now_seconds();
  for (int i = 0; i < count; i++) connections[i] = open_connection(strcmp(mode, "deaf") ? 0 : 4096);
  const double all_open = now_seconds();
  printf("open=%d seconds=%.2f\n", count, all_open - start);
  fflush(stdout);
  while (open > 0 && now_seconds() < all_open + seconds) {
    const double now = now_seconds();
    const bool sends = now >= next;
    if (sends) next = now + (strcmp(mode, "deaf") ? 1 : 0.01);
    for (int i = 0; i < count; i++) {
      struct connection *connection = &connections[i];
      if (connection->fd < 0) continue;
      if (sends) misbehave(mode, connection);
      if (!is_closed(mode, connection)) continue;
      if (now - connection->opened_at > longest) longest = now - connection->opened_at;
      close_connection(connection);
      open--;
    }
    nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
  }
  printf("closed=%d last_s=%.2f\n", count - open, longest);
}

// --- Clients that come and go -----------------------------------------------------------------------------------

static bool transfer(struct connection *connection, bool sends, uint8_t *octets, size_t size) {
  for (size_t done = 0; done < size;) {
    ssize_t now;
    if (connection->tls)
      now = sends ? SSL_write(connection->tls, octets + done, (int)(size - done))
                  : SSL_read(connection->tls, octets + done, (int)(size - done));
    else
      now = sends ? send(connection->fd, octets + done, size - done, MSG_NOSIGNAL)
                  : recv(connection->fd, octets + done, size - done, 0);
    if (now <= 0) return false;
    done += (size_t)now;
  }
  return true;
}

static void ask_once(void) {
  uint8_t length[2], reply[65536];
  struct connection connection = open_connection(0);
  if (!transfer(&connection, true, message, message_size) || !transfer(&connection, false, length, 2) ||
      !transfer(&connection, false, reply, (size_t)(length[0] << 8 | length[1])))
    fail("a new client got no answer", NULL);
  if ((reply[3] & 15) != 0 || (reply[6] << 8 | reply[7]) == 0) fail("a new client got an answer without records", NULL);
  close_connection(&connection);
}

static void break_off(void) {
  struct connection connection = open_connection(0);
  for (int i = 0; i < queries_of_a_reset; i++) transfer(&connection, true, message, message_size);
  setsockopt(connection.fd, SOL_SOCKET, SO_LINGER, &(struct linger){1, 0}, sizeof(struct linger));
  close_connection(&connection);
}

static int compare(const void *left, const void *right) {
  const double difference = *(const double *)left - *(const double *)right;
  return (difference > 0) - (difference < 0);
}

static void come_and_go(void (*visit)(void), double pause) {
  double *times = calloc((size_t)count, sizeof *times);
  if (!times) fail("no memory", NULL);
  const double start = now_seconds();
  for (int i = 0; i < count; i++) {
    const double before = now_seconds();
    visit();
    times[i] = (now_seconds() - before) * 1e3;
    if (pause > 0) nanosleep(&(struct timespec){.tv_nsec = (long)(pause * 1e9)}, NULL);
  }
  const double took = now_seconds() - start;
  qsort(times, (size_t)count, sizeof *times, compare);
  printf("count=%d seconds=%.2f p50_ms=%.2f p99_ms=%.2f max_ms=%.2f\n", count, took, times[count / 2],
         times[count * 99 / 100], times[count - 1]);
}

// --- An upstream that says nothing ------------------------------------------------------------------------------

static volatile sig_atomic_t is_over;
static void end(int signal) { (void)signal, is_over = 1; }

static void be_silent(void) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  uint8_t octets[4096];
  long received = 0;
  if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) fail("cannot have the port", strerror(errno));
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &(struct timeval){.tv_usec = 100000}, sizeof(struct timeval));
  signal(SIGTERM, end);
  printf("ready\n");
  fflush(stdout);
  while (!is_over) received += recv(fd, octets, sizeof octets, 0) > 0;
  printf("received=%ld\n", received);
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"port", required_argument, NULL, 'p'}, {"count", required_argument, NULL, 'c'},
                                          {"seconds", required_argument, NULL, 's'}, {"name", required_argument, NULL, 'n'},
                                          {"tls", no_argument, NULL, 't'}, {0}};
  char *name = NULL;
  const char *mode = argc > 1 ? argv[1] : "";
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'p': port = atoi(optarg); break;
    case 'c': count = atoi(optarg); break;
    case 's': seconds = atof(optarg); break;
    case 'n': name = optarg; break;
    case 't': uses_tls = true; break;
    default: exit(2);
    }
  }
  if (port < 1 || count < 1 || count > 10000000) fail("needs --port, and a --count of 1 to 10000000", NULL);
  char fallback[] = "kubernetes.default.svc.cluster.local";
  make_message(name ? name : fallback);
  if (uses_tls && strcmp(mode, "begin")) context = SSL_CTX_new(TLS_client_method());
  const bool holds = !strcmp(mode, "idle") || !strcmp(mode, "drip") || !strcmp(mode, "deaf") || !strcmp(mode, "begin");
  if (holds && count <= max_connections) hold(mode);
  else if (!strcmp(mode, "reset")) come_and_go(break_off, 0);
  else if (!strcmp(mode, "new")) come_and_go(ask_once, 0.05);
  else if (!strcmp(mode, "silent")) be_silent();
  else fail("the modes are idle, drip, deaf, begin, reset, new and silent, with at most 20000 held", mode);
  return 0;
}
