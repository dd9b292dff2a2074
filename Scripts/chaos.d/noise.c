// noise: queries that are different in all they can be, to see what a server makes of them in its log and its counters.
//
// usage: noise --port N --count N [--zone NAME] [--seed N]
// Sends so many over UDP to 127.0.0.1: labels of any octets (one in four below NAME, so that they reach the zone), any
// type, class, opcode and flags, with OPT or without. Waits for replies only as far as it must to lose few. Prints
// sent= and answered=.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "../bench.d/fail.h"

enum { window = 256, rest_max = 255 };

static uint64_t state;

// splitmix64: the same seed makes the same queries.
static uint64_t random_number(void) {
  uint64_t z = state += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}
static unsigned below(unsigned limit) { return (unsigned)(random_number() % limit); }

// The zone as it goes on the wire, without the root label; returns its octets.
static size_t encode(const char *zone, uint8_t *octets) {
  size_t at = 0;
  for (const char *label = zone; *label;) {
    size_t length = strcspn(label, ".");
    if (length == 0 || length > 63 || at + length > 100) fail("no name that can be used", zone);
    octets[at++] = (uint8_t)length;
    memcpy(octets + at, label, length);
    at += length, label += length + (label[length] == '.');
  }
  return at;
}

static size_t make_query(uint8_t *query, const uint8_t *zone, size_t zone_size) {
  bool is_odd = below(16) == 0, has_opt = below(2);
  memset(query, 0, 12);
  query[0] = (uint8_t)below(256), query[1] = (uint8_t)below(256);
  // Mostly plain queries; else any opcode and flags, but QR.
  query[2] = is_odd ? (uint8_t)below(128) : 1, query[3] = is_odd ? (uint8_t)below(256) : 0;
  query[5] = 1, query[11] = has_opt;
  size_t at = 12, end = 12 + 1 + below(100);
  while (at < end) {
    unsigned length = 1 + below(20);
    query[at++] = (uint8_t)length;
    for (unsigned i = 0; i < length; i++) query[at++] = (uint8_t)below(256);
  }
  if (below(4) == 0) memcpy(query + at, zone, zone_size), at += zone_size;
  query[at++] = 0;
  unsigned type = below(3) ? 1 + below(64) : below(65536), class = below(8) ? 1 : below(65536);
  const uint8_t tail[4] = {(uint8_t)(type >> 8), (uint8_t)type, (uint8_t)(class >> 8), (uint8_t)class};
  memcpy(query + at, tail, sizeof tail), at += sizeof tail;
  const uint8_t opt[11] = {0, 0, 41, 4, 208, 0, is_odd ? (uint8_t)below(256) : 0, 0, 0, 0, 0};
  if (has_opt) memcpy(query + at, opt, sizeof opt), at += sizeof opt;
  return at;
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"port", 1, 0, 'p'}, {"count", 1, 0, 'c'}, {"zone", 1, 0, 'z'}, {"seed", 1, 0, 's'}, {0}};
  long port = 0, count = 0, sent = 0, answered = 0, given_up = 0;
  const char *name = "cluster.local";
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    if (option == 'p') port = strtol(optarg, NULL, 10);
    else if (option == 'c') count = strtol(optarg, NULL, 10);
    else if (option == 'z') name = optarg;
    else if (option == 's') state = strtoull(optarg, NULL, 10);
    else fail("there are --port, --count, --zone and --seed", NULL);
  }
  if (port < 1 || port > 65535 || count < 1) fail("--port and --count are needed", NULL);
  uint8_t zone[128], query[512], reply[4096];
  size_t zone_size = encode(name, zone);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("cannot open a socket", strerror(errno));
  while (sent < count) {
    size_t size = make_query(query, zone, zone_size);
    sent += send(fd, query, size, 0) == (ssize_t)size;
    // Some are never answered, or late: those of a window are given up together.
    bool is_full = sent - answered - given_up >= window;
    struct pollfd event = {.fd = fd, .events = POLLIN};
    while (poll(&event, 1, is_full ? 20 : 0) > 0) {
      answered += recv(fd, reply, sizeof reply, 0) > 0;
      is_full = false;
    }
    if (is_full) given_up = sent - answered;
  }
  printf("sent=%ld answered=%ld\n", sent, answered);
  return 0;
}
