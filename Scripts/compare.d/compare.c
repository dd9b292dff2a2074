// Asks several servers the same generated questions and prints where another answers unlike the first.
//
// usage: compare [-z] SEED COUNT PORT NAME=PORT… <OWNERS
//   -z       about zones alone: of class IN, with opcode QUERY and well-formed EDNS; every second batch over TCP
//   OWNERS   names of the zones, one a line
//   PORT     of the server under test, at 127.0.0.1; NAME and PORT of each other one
//
// A line for each difference: NAME, what was asked, what differs as OURS>THEIRS, QNAME; parted by tabs. Compared are
// RCODE, AA, TC, and the records of each section in any order, with TTLs, without OPT and SOA serials; where one is
// truncated the sections are not, but with -z what both say over TCP, and TC comes with the reason. Of sections the line
// says how many records each has; with -z the types of those that only one has. The last line counts the questions.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../bench.d/fail.h"
#include "questions.h"
#include "sections.h"

enum { server_count_max = 4, batch = 64, reply_size_max = 65535, silence_ms = 300 };
// What `Scripts/compare` tells the servers of UDP responses, and how often the query's length ours have.
enum { udp_size_max = 4096, share_max = 20 };

static struct server {
  const char *name;
  struct sockaddr_in address;
  int socket, stream;
  // What came over the stream and is no whole message yet.
  uint8_t pending[reply_size_max + 2];
  size_t pending_length;
  uint8_t replies[batch][16384];
  size_t lengths[batch];
} servers[server_count_max];
static int server_count;
// How often a question is asked that has no answer: a machine that is busy loses some.
static int try_count;

static struct question questions[batch];

static void connect_to(const char *name, const char *port) {
  if (server_count == server_count_max) fail("too many servers", name);
  struct server *server = &servers[server_count++];
  server->address = (struct sockaddr_in){
      .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  server->name = name;
  server->stream = -1;
  server->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (server->socket < 0 || connect(server->socket, (struct sockaddr *)&server->address, sizeof server->address) != 0)
    fail("cannot open a socket", strerror(errno));
}

static void connect_stream(struct server *server) {
  if (server->stream >= 0) close(server->stream);
  server->pending_length = 0;
  server->stream = socket(AF_INET, SOCK_STREAM, 0);
  if (server->stream < 0 || connect(server->stream, (struct sockaddr *)&server->address, sizeof server->address) != 0)
    fail("cannot open a connection", strerror(errno));
}

// Asks one question over a connection of its own; false where there is no whole reply.
static bool ask_for_all(const struct server *server, const struct question *question, uint8_t *reply, size_t *length) {
  int stream = socket(AF_INET, SOCK_STREAM, 0);
  struct timeval limit = {.tv_sec = 5};
  setsockopt(stream, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  uint8_t octets[2 + question_size_max];
  memcpy(put16(octets, question->length), question->octets, question->length);
  bool is_whole = connect(stream, (const struct sockaddr *)&server->address, sizeof server->address) == 0 &&
                  send(stream, octets, question->length + 2, MSG_NOSIGNAL) == (ssize_t)question->length + 2 &&
                  recv(stream, octets, 2, MSG_WAITALL) == 2;
  *length = is_whole ? (size_t)(octets[0] << 8 | octets[1]) : 0;
  is_whole = is_whole && recv(stream, reply, *length, MSG_WAITALL) == (ssize_t)*length;
  close(stream);
  return is_whole;
}

// Puts what a server says over TCP in the place of its reply; returns its length, 0 where there is none.
static size_t complete(const struct server *server, const struct question *question, ldns_pkt **packet) {
  static uint8_t reply[reply_size_max];
  size_t length;
  ldns_pkt *whole = NULL;
  if (!ask_for_all(server, question, reply, &length) || ldns_wire2pkt(&whole, reply, length) != LDNS_STATUS_OK)
    return 0;
  ldns_pkt_free(*packet);
  *packet = whole;
  return length;
}

// What a client takes over UDP, and each of the servers sends.
static size_t room_for(const struct question *question) {
  // OPT has no options here.
  const uint8_t *opt = question->octets + question->length - 11;
  size_t size = question->octets[11] ? (size_t)(opt[3] << 8 | opt[4]) : 0;
  return size < 512 ? 512 : size > udp_size_max ? udp_size_max : size;
}

// Why a response of this length is truncated over UDP: it is larger than the client takes, or than its share of the query.
static const char *reason_for_cut(const struct question *question, size_t length) {
  return length > room_for(question) ? "large" : length > share_max * question->length ? "share" : "odd";
}

// Keeps the reply to a question that had none; returns whether it did.
static int keep_reply(struct server *server, const uint8_t *octets, ssize_t length, int count, uint16_t first_id) {
  if (length < 12 || length > (ssize_t)sizeof server->replies[0]) return 0;
  int index = (uint16_t)((octets[0] << 8 | octets[1]) - first_id);
  if (index >= count || server->lengths[index] > 0) return 0;
  memcpy(server->replies[index], octets, (size_t)length);
  server->lengths[index] = (size_t)length;
  return 1;
}

// Reads what has come over the stream; -1 where the server closed it.
static int take_from_stream(struct server *server, int count, uint16_t first_id) {
  uint8_t *start = server->pending;
  ssize_t length = recv(server->stream, start + server->pending_length,
                        sizeof server->pending - server->pending_length, MSG_DONTWAIT);
  if (length < 0 && errno == EAGAIN) return 0;
  if (length <= 0) return -1;
  server->pending_length += (size_t)length;
  int taken = 0;
  size_t at = 0;
  while (at + 2 <= server->pending_length) {
    size_t size = (size_t)(start[at] << 8 | start[at + 1]);
    if (at + 2 + size > server->pending_length) break;
    taken += keep_reply(server, start + at + 2, (ssize_t)size, count, first_id);
    at += 2 + size;
  }
  memmove(start, start + at, server->pending_length -= at);
  return taken;
}

// As `ask`, over TCP; a question without an answer is asked again over a new connection.
static void ask_over_stream(struct server *server, int count, uint16_t first_id) {
  int missing = count;
  memset(server->lengths, 0, sizeof server->lengths);
  for (int try = 0; try < try_count && missing > 0; try++) {
    if (try > 0 || server->stream < 0) connect_stream(server);
    for (int i = 0; i < count; i++) {
      uint8_t octets[2 + question_size_max];
      size_t length = questions[i].length;
      memcpy(put16(octets, length), questions[i].octets, length);
      if (server->lengths[i] == 0) send(server->stream, octets, length + 2, MSG_NOSIGNAL);
    }
    struct pollfd poller = {.fd = server->stream, .events = POLLIN};
    while (missing > 0 && poll(&poller, 1, silence_ms) > 0) {
      int taken = take_from_stream(server, count, first_id);
      if (taken < 0) break;
      missing -= taken;
    }
  }
}

// Reads all that has come; returns how many questions it answers that had no answer.
static int take_replies(struct server *server, int count, uint16_t first_id) {
  static uint8_t octets[reply_size_max];
  int taken = 0;
  for (;;) {
    ssize_t length = recv(server->socket, octets, sizeof octets, 0);
    if (length < 0) return taken;
    taken += keep_reply(server, octets, length, count, first_id);
  }
}

// Asks one server all questions of a batch, those without an answer again.
static void ask(struct server *server, int count, uint16_t first_id) {
  int missing = count;
  memset(server->lengths, 0, sizeof server->lengths);
  for (int try = 0; try < try_count && missing > 0; try++) {
    for (int i = 0; i < count; i++)
      if (server->lengths[i] == 0) send(server->socket, questions[i].octets, questions[i].length, 0);
    struct pollfd poller = {.fd = server->socket, .events = POLLIN};
    while (missing > 0 && poll(&poller, 1, silence_ms) > 0) missing -= take_replies(server, count, first_id);
  }
}

static char *compare_numbers(char *at, const char *what, int ours, int theirs) {
  return ours == theirs ? at : at + sprintf(at, " %s:%d>%d", what, ours, theirs);
}

static char *compare_sections(char *at, const char *what, const ldns_rr_list *ours, const ldns_rr_list *theirs) {
  static struct lines own, others;
  describe(ours, &own);
  describe(theirs, &others);
  char own_types[2048], other_types[2048];
  list_types(own_types, &own, &others);
  list_types(other_types, &others, &own);
  release(&own);
  release(&others);
  if (!*own_types && !*other_types) return at;
  if (is_about_zones)
    return at + sprintf(at, " %s:%s>%s", what, own_types, other_types);
  return at + sprintf(at, " %s:%zu>%zu", what, ldns_rr_list_rr_count(ours), ldns_rr_list_rr_count(theirs));
}

static int full_rcode(const ldns_pkt *packet) {
  return ldns_pkt_get_rcode(packet) | ldns_pkt_edns_extended_rcode(packet) << 4;
}

// What differs between two replies; empty where nothing does.
static void find_differences(const struct server *first, const struct server *other, int index, char *text) {
  ldns_pkt *ours = NULL, *theirs = NULL;
  *text = 0;
  bool is_ours = first->lengths[index] > 0 &&
                 ldns_wire2pkt(&ours, first->replies[index], first->lengths[index]) == LDNS_STATUS_OK;
  bool is_theirs = other->lengths[index] > 0 &&
                   ldns_wire2pkt(&theirs, other->replies[index], other->lengths[index]) == LDNS_STATUS_OK;
  if (is_ours && is_theirs) {
    bool are_ours_cut = ldns_pkt_tc(ours), are_theirs_cut = ldns_pkt_tc(theirs);
    // Who is told to ask again over TCP gets the RCODE and the rest there.
    const char *reason = NULL;
    if (is_about_zones && are_ours_cut != are_theirs_cut) {
      size_t own = complete(first, &questions[index], &ours), others = complete(other, &questions[index], &theirs);
      reason = reason_for_cut(&questions[index], are_ours_cut ? own : others);
    }
    bool is_cut = is_about_zones && (ldns_pkt_tc(ours) || ldns_pkt_tc(theirs));
    char *at = is_cut ? text : compare_numbers(text, "rcode", full_rcode(ours), full_rcode(theirs));
    at = compare_numbers(at, "aa", ldns_pkt_aa(ours), ldns_pkt_aa(theirs));
    at = compare_numbers(at, "tc", are_ours_cut, are_theirs_cut);
    if (reason) at += sprintf(at, ",%s", reason);
    if (!ldns_pkt_tc(ours) && !ldns_pkt_tc(theirs)) {
      at = compare_sections(at, "answer", ldns_pkt_answer(ours), ldns_pkt_answer(theirs));
      at = compare_sections(at, "authority", ldns_pkt_authority(ours), ldns_pkt_authority(theirs));
      compare_sections(at, "additional", ldns_pkt_additional(ours), ldns_pkt_additional(theirs));
    }
  } else {
    const char *ending[] = {"silence", "garbage", "reply"};
    int our = is_ours ? 2 : first->lengths[index] > 0, their = is_theirs ? 2 : other->lengths[index] > 0;
    if (our != their || our == 1) sprintf(text, " %s>%s", ending[our], ending[their]);
  }
  ldns_pkt_free(ours);
  ldns_pkt_free(theirs);
}

// QNAME with all but letters, digits, '-' and '_' as numbers.
static void print_name(const struct question *question) {
  const uint8_t *at = question->octets + 12;
  for (; *at; at += *at + 1) {
    for (int i = 1; i <= *at; i++)
      if (strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_*", at[i]) && at[i])
        putchar(at[i]);
      else
        printf("\\%03d", at[i]);
    putchar('.');
  }
  putchar('\n');
}

static void read_owners(void) {
  static char line[1100];
  while (fgets(line, sizeof line, stdin) && owner_count < owner_count_max) {
    line[strcspn(line, "\n")] = 0;
    if (owner_from_text(line, &owners[owner_count]) && owners[owner_count].length > 0) owner_count++;
  }
  if (owner_count == 0) fail("no names on standard input", NULL);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "-z") == 0) {
    is_about_zones = true;
    argv++, argc--;
  }
  if (argc < 5) fail("usage: compare [-z] SEED COUNT PORT NAME=PORT… <OWNERS", NULL);
  random_state = strtoull(argv[1], NULL, 10);
  long total = atol(argv[2]), asked = 0;
  read_owners();
  connect_to("ours", argv[3]);
  for (int i = 4; i < argc; i++) {
    char *port = strchr(argv[i], '=');
    if (!port) fail("not NAME=PORT", argv[i]);
    *port++ = 0;
    connect_to(argv[i], port);
  }
  while (asked < total) {
    // The last fiftieth has other opcodes, which some do not answer at all: they wait for nobody else's answer.
    bool is_odd = !is_about_zones && asked >= total - total / 50;
    try_count = is_odd ? 2 : 6;
    bool over_stream = is_about_zones && asked / batch % 2 == 1;
    int count = total - asked < batch ? (int)(total - asked) : batch;
    for (int i = 0; i < count; i++) make_question(&questions[i], (uint16_t)(asked + i), is_odd);
    for (int i = 0; i < server_count; i++)
      (over_stream ? ask_over_stream : ask)(&servers[i], count, (uint16_t)asked);
    for (int i = 0; i < count; i++)
      for (int other = 1; other < server_count; other++) {
        static char text[16384];
        find_differences(&servers[0], &servers[other], i, text);
        if (!*text) continue;
        printf("%s\t%s\t%s\t", servers[other].name, questions[i].note, text + 1);
        print_name(&questions[i]);
      }
    asked += count;
  }
  printf("asked\t%ld\n", asked);
}
