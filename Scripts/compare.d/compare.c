// Asks several servers the same generated questions and prints where another answers unlike the first.
//
// usage: compare SEED COUNT PORT NAME=PORT… <OWNERS
//   OWNERS   names of the zones, one a line
//   PORT     of the server under test, at 127.0.0.1; NAME and PORT of each other one
//
// A line for each difference: NAME, what was asked, what differs as OURS>THEIRS, QNAME; parted by tabs. Compared are
// RCODE, AA, TC, and the records of each section in any order, with TTLs, without OPT and SOA serials; where one is
// truncated the sections are not. The last line counts the questions.
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

enum { server_count_max = 4, batch = 64, reply_size_max = 65535, silence_ms = 300, try_count = 2, text_size_max = 8192 };

static struct server {
  const char *name;
  int socket;
  uint8_t replies[batch][4096];
  size_t lengths[batch];
} servers[server_count_max];
static int server_count;

static struct question questions[batch];

static void connect_to(const char *name, const char *port) {
  if (server_count == server_count_max) fail("too many servers", name);
  struct server *server = &servers[server_count++];
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port)), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  server->name = name;
  server->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  if (server->socket < 0 || connect(server->socket, (struct sockaddr *)&address, sizeof address) != 0)
    fail("cannot open a socket", strerror(errno));
}

// Reads all that has come; returns how many questions it answers that had no answer.
static int take_replies(struct server *server, int count, uint16_t first_id) {
  static uint8_t octets[reply_size_max];
  int taken = 0;
  for (;;) {
    ssize_t length = recv(server->socket, octets, sizeof octets, 0);
    if (length < 0) return taken;
    if (length < 12 || length > (ssize_t)sizeof server->replies[0]) continue;
    int index = (uint16_t)((octets[0] << 8 | octets[1]) - first_id);
    if (index >= count || server->lengths[index] > 0) continue;
    memcpy(server->replies[index], octets, (size_t)length);
    server->lengths[index] = (size_t)length;
    taken++;
  }
}

// Asks one server all questions of a batch, those without an answer once more.
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

// The serial of a SOA depends on when the zone was written.
static void blank_serial(ldns_rr *record) {
  if (ldns_rr_get_type(record) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(record) < 3) return;
  ldns_rdf_deep_free(ldns_rr_set_rdf(record, ldns_native2rdf_int32(LDNS_RDF_TYPE_INT32, 0), 2));
}

static int by_text(const void *left, const void *right) { return strcmp(*(char *const *)left, *(char *const *)right); }

// The records of a section as text, names in lower case and lines in order.
static void describe(const ldns_rr_list *list, char *text) {
  char *lines[256];
  size_t count = 0, at = 0;
  for (size_t i = 0; i < ldns_rr_list_rr_count(list) && count < 256; i++) {
    ldns_rr *record = ldns_rr_clone(ldns_rr_list_rr(list, i));
    ldns_rr2canonical(record);
    blank_serial(record);
    lines[count++] = ldns_rr2str(record);
    ldns_rr_free(record);
  }
  qsort(lines, count, sizeof *lines, by_text);
  for (size_t i = 0; i < count; i++) {
    // A section is a set: what one server says twice says no more.
    if (i > 0 && strcmp(lines[i], lines[i - 1]) == 0) continue;
    at += (size_t)snprintf(text + at, text_size_max - at, "%s", lines[i]);
    if (at >= text_size_max) at = text_size_max - 1;
  }
  for (size_t i = 0; i < count; i++) free(lines[i]);
  text[at] = 0;
}

static char *compare_numbers(char *at, const char *what, int ours, int theirs) {
  return ours == theirs ? at : at + sprintf(at, " %s:%d>%d", what, ours, theirs);
}

static char *compare_sections(char *at, const char *what, const ldns_rr_list *ours, const ldns_rr_list *theirs) {
  static char our_text[text_size_max], their_text[text_size_max];
  describe(ours, our_text);
  describe(theirs, their_text);
  if (strcmp(our_text, their_text) == 0) return at;
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
    char *at = compare_numbers(text, "rcode", full_rcode(ours), full_rcode(theirs));
    at = compare_numbers(at, "aa", ldns_pkt_aa(ours), ldns_pkt_aa(theirs));
    at = compare_numbers(at, "tc", ldns_pkt_tc(ours), ldns_pkt_tc(theirs));
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
  if (argc < 5) fail("usage: compare SEED COUNT PORT NAME=PORT… <OWNERS", NULL);
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
    bool is_odd = asked >= total - total / 50;
    int count = total - asked < batch ? (int)(total - asked) : batch;
    for (int i = 0; i < count; i++) make_question(&questions[i], (uint16_t)(asked + i), is_odd);
    for (int i = 0; i < server_count; i++) ask(&servers[i], count, (uint16_t)asked);
    for (int i = 0; i < count; i++)
      for (int other = 1; other < server_count; other++) {
        static char text[512];
        find_differences(&servers[0], &servers[other], i, text);
        if (!*text) continue;
        printf("%s\t%s\t%s\t", servers[other].name, questions[i].note, text + 1);
        print_name(&questions[i]);
      }
    asked += count;
  }
  printf("asked\t%ld\n", asked);
}
