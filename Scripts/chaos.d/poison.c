// poison: the upstream of a resolver, its client and its attacker in one, so that each race is seen from all sides.
//
// usage: poison --port N --upstream-port N [--races N] [--misses N]
//   --port N           where the resolver answers, on 127.0.0.1
//   --upstream-port N  where it asks: UDP and TCP of 127.0.0.2 are taken
//   --races N          races of each kind [100]
//   --misses N         questions whose ports, IDs and letters are looked at [500]
//
// In a race the client asks for a name that nobody asked for before, and the attacker sends a forged reply with each of
// the 65,536 IDs, from the address and port of the upstream, before the upstream itself replies. It knows the question,
// and in races of the kind `last` the port of the query before; in those of the kind `current` it was told the port that
// is in use. Each query goes over TCP where the resolver wants that, and is answered right there.
//
// Prints one line of name=value for each kind. Exits with 0 whatever they say, with 2 on wrong usage.
#define _GNU_SOURCE
#include <getopt.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { batch_size = 64 };
#include "poison.h"

enum { ids = 1 << 16, port_count = 1 << 16, wait_ms = 6000 };

static int client, upstream, server_port, upstream_port;
static long asked;

// Asks for a name of its own; the ID is the low half of a counter, the port is always the same.
static void ask(struct query *query, const char *prefix, long number) {
  char name[64];
  snprintf(name, sizeof name, "%s%ld.letters-of-a-long-name.victim.test", prefix, number);
  build_query(query, name, 1, true);
  asked++;
  query->octets[0] = (uint8_t)(asked >> 8), query->octets[1] = (uint8_t)asked;
  if (send(client, query->octets, query->size, 0) != query->size) fail("cannot ask", strerror(errno));
}

static bool readable(int fd, int milliseconds) {
  struct pollfd event = {.fd = fd, .events = POLLIN};
  return poll(&event, 1, milliseconds) > 0;
}

// The query that the resolver sends for it; false where none comes. Queries of earlier names are passed over.
static bool await_query(const struct query *query, struct received *received, int milliseconds) {
  while (readable(upstream, milliseconds)) {
    socklen_t length = sizeof received->from;
    ssize_t size = recvfrom(upstream, received->octets, sizeof received->octets, 0,
                            (struct sockaddr *)&received->from, &length);
    received->size = size < 0 ? 0 : (size_t)size;
    if (is_about(received, query)) return true;
  }
  return false;
}

// What the client is told: the last octet of the address, 0 where it is told something else or nothing.
static int await_answer(const struct query *query) {
  uint8_t reply[4096];
  while (readable(client, wait_ms)) {
    ssize_t size = recv(client, reply, sizeof reply, 0);
    if (size < 12 || memcmp(reply, query->octets, 2) != 0) continue;
    size_t at = query_end(query);
    return reply[7] == 1 && (size_t)size >= at + 16 ? reply[at + 15] : 0;
  }
  return 0;
}

static void reply_right(const struct received *received) {
  uint8_t reply[512];
  size_t size = make_reply(reply, received->octets, received->size, right_address);
  sendto(upstream, reply, size, 0, (const struct sockaddr *)&received->from, sizeof received->from);
}

// A forged reply with every ID, in the letters of the client's question, to `port` of the resolver.
static void forge(const struct query *query, in_port_t port) {
  static uint8_t octets[batch_size][512];
  static struct iovec slices[batch_size];
  static struct mmsghdr messages[batch_size];
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = port, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  for (int i = 0; i < batch_size; i++) {
    slices[i] = (struct iovec){octets[i], make_reply(octets[i], query->octets, query->size, false_address)};
    messages[i].msg_hdr = (struct msghdr){.msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &slices[i], .msg_iovlen = 1};
  }
  for (int first = 0; first < ids; first += batch_size) {
    for (int i = 0; i < batch_size; i++) octets[i][0] = (uint8_t)((first + i) >> 8), octets[i][1] = (uint8_t)(first + i);
    for (int done = 0; done < batch_size;) {
      int count = sendmmsg(upstream, messages + done, batch_size - done, 0);
      if (count > 0) done += count;
    }
  }
}

static void race(const char *kind, long races, bool knows_port) {
  struct query query;
  struct received received;
  long won = 0, right = 0, over_tcp = tcp_count(), repeated = 0;
  in_port_t last = htons(33333);
  for (long number = 0; number < races; number++) {
    ask(&query, kind, number);
    if (!await_query(&query, &received, wait_ms)) continue;
    in_port_t current = received.from.sin_port;
    forge(&query, knows_port ? current : last);
    last = current;
    // With the port known the upstream itself stays silent: only TCP can bring the truth.
    if (!knows_port) reply_right(&received);
    // Sent again meanwhile, because the upstream was slow.
    for (; !knows_port && await_query(&query, &received, 0); repeated++) reply_right(&received);
    int told = await_answer(&query);
    // And what is kept from now on.
    send(client, query.octets, query.size, 0);
    int kept = await_answer(&query);
    won += told == false_address || kept == false_address;
    right += told == right_address && kept == right_address;
  }
  printf("kind=%s races=%ld won=%ld right=%ld over_tcp=%ld repeated=%ld\n", kind, races, won, right, tcp_count() - over_tcp,
         repeated);
  fflush(stdout);
}

// Ports, IDs and letters of the queries, and the size of replies they ask for.
static void look(long misses) {
  static bool ports[port_count], seen[ids];
  struct query query;
  struct received received;
  struct sockaddr_in own;
  socklen_t length = sizeof own;
  getsockname(client, (struct sockaddr *)&own, &length);
  long answered = 0, own_ports = 0, own_ids = 0, port_total = 0, id_total = 0, letters = 0, capitals = 0, sizes = 0, plain = 0;
  for (long number = 0; number < misses; number++) {
    ask(&query, "miss", number);
    if (!await_query(&query, &received, wait_ms)) continue;
    int id = received.octets[0] << 8 | received.octets[1];
    in_port_t port = ntohs(received.from.sin_port);
    own_ids += memcmp(received.octets, query.octets, 2) == 0;
    own_ports += received.from.sin_port == own.sin_port;
    port_total += !ports[port], ports[port] = true;
    id_total += !seen[id], seen[id] = true;
    long high = count_capitals(&received, &query);
    plain += high == 0;
    capitals += high, letters += count_letters(&query);
    int size = edns_size(&received, &query);
    if (size > sizes) sizes = size;
    reply_right(&received);
    answered += await_answer(&query) == right_address;
  }
  printf("kind=misses asked=%ld answered=%ld ports=%ld ids=%ld client_ports=%ld client_ids=%ld capitals=%.3f lower_case=%ld "
         "edns_size=%ld\n",
         misses, answered, port_total, id_total, own_ports, own_ids, letters ? (double)capitals / (double)letters : 0, plain,
         sizes);
  fflush(stdout);
}

// Replies with the right ID and port, but the letters in other case: only who has seen the query can have them right.
static void change_case(long races) {
  struct query query;
  struct received received;
  uint8_t reply[512];
  long won = 0, right = 0, over_tcp = tcp_count();
  for (long number = 0; number < races; number++) {
    ask(&query, "case", number);
    if (!await_query(&query, &received, wait_ms)) continue;
    size_t size = make_reply(reply, received.octets, received.size, false_address);
    swap_case(reply, &query);
    sendto(upstream, reply, size, 0, (struct sockaddr *)&received.from, sizeof received.from);
    int told = await_answer(&query);
    won += told == false_address, right += told == right_address;
  }
  printf("kind=case races=%ld won=%ld right=%ld over_tcp=%ld\n", races, won, right, tcp_count() - over_tcp);
  fflush(stdout);
}

// Forged errors: the port must stay taken, and the right reply that comes afterwards be believed.
static void send_errors(long races) {
  struct query query;
  struct received received;
  int raw = socket(AF_INET, SOCK_RAW, IPPROTO_ICMP);
  long freed = 0, right = 0;
  if (raw < 0) {
    printf("kind=icmp races=0 reason=\"%s\"\n", strerror(errno));
    return;
  }
  for (long number = 0; number < races; number++) {
    ask(&query, "icmp", number);
    if (!await_query(&query, &received, wait_ms)) continue;
    send_unreachable(raw, &received.from, upstream_port);
    struct timespec pause = {0, 20000000};
    nanosleep(&pause, NULL);
    freed += !is_taken(received.from.sin_port);
    reply_right(&received);
    right += await_answer(&query) == right_address;
  }
  printf("kind=icmp races=%ld freed=%ld right=%ld\n", races, freed, right);
  close(raw);
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"port", 1, 0, 'p'}, {"upstream-port", 1, 0, 'u'}, {"races", 1, 0, 'r'},
                                          {"misses", 1, 0, 'm'}, {0}};
  long races = 100, misses = 500;
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    if (option == '?') fail("there are --port, --upstream-port, --races and --misses", NULL);
    long number = strtol(optarg, NULL, 10);
    if (number < 1 || (number > 65535 && (option == 'p' || option == 'u'))) fail("no number that can be used", optarg);
    *(option == 'r' ? &races : option == 'm' ? &misses : &(long){0}) = number;
    if (option == 'p') server_port = (int)number;
    if (option == 'u') upstream_port = (int)number;
  }
  if (!server_port || !upstream_port) fail("--port and --upstream-port are needed", NULL);
  client = connected_socket(server_port);
  upstream = upstream_socket(SOCK_DGRAM, upstream_port);
  start_tcp(upstream_socket(SOCK_STREAM, upstream_port));
  puts("ready");
  fflush(stdout);
  look(misses);
  race("last", races, false);
  race("current", races, true);
  change_case(races < 20 ? races : 20);
  send_errors(races < 20 ? races : 20);
  return 0;
}
