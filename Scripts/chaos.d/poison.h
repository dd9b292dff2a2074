// The messages of `poison`, its sockets, and its upstream over TCP.
#pragma once
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/udp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../bench.d/fail.h"
#include "../bench.d/query.h"

// The last octets of the addresses in a right answer, 198.51.100.7, and in a forged one, 203.0.113.66.
enum { right_address = 7, false_address = 66, upstream_host = 0x7f000002, record_size = 16 };

struct received {
  struct sockaddr_in from;
  size_t size;
  uint8_t octets[1024];
};

// Where the question ends.
static size_t query_end(const struct query *query) {
  size_t at = 12;
  while (query->octets[at]) at += 1u + query->octets[at];
  return at + 5;
}

static bool is_about(const struct received *received, const struct query *query) {
  size_t end = query_end(query);
  if (received->size < end) return false;
  for (size_t at = 12; at < end; at++)
    if (tolower(received->octets[at]) != tolower(query->octets[at])) return false;
  return true;
}

// A response to the query in `octets` with its ID and question and one address; returns its size.
static size_t make_reply(uint8_t *reply, const uint8_t *octets, size_t size, int address) {
  size_t at = 12;
  while (at < size && octets[at]) at += 1u + octets[at];
  at += 5;
  if (at > size || at > 300) return 0;
  memcpy(reply, octets, at);
  const uint8_t header[10] = {0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0};
  const uint8_t right[4] = {198, 51, 100, right_address}, wrong[4] = {203, 0, 113, false_address};
  const uint8_t record[12] = {0xc0, 12, 0, 1, 0, 1, 0, 0, 1, 0, 0, 4};
  memcpy(reply + 2, header, sizeof header);
  memcpy(reply + at, record, sizeof record);
  memcpy(reply + at + sizeof record, address == right_address ? right : wrong, 4);
  return at + record_size;
}

static long count_letters(const struct query *query) {
  long count = 0;
  for (size_t at = 12, end = query_end(query) - 4; at < end; at++) count += isalpha(query->octets[at]) != 0;
  return count;
}

// Letters that are capitals in what was sent upstream; the client asked without any.
static long count_capitals(const struct received *received, const struct query *query) {
  long count = 0;
  for (size_t at = 12, end = query_end(query) - 4; at < end; at++) count += isupper(received->octets[at]) != 0;
  return count;
}

static void swap_case(uint8_t *reply, const struct query *query) {
  for (size_t at = 12, end = query_end(query) - 4; at < end; at++)
    if (isalpha(reply[at])) reply[at] ^= 0x20;
}

// The size of UDP replies that the query's OPT record asks for; 512 without one.
static int edns_size(const struct received *received, const struct query *query) {
  size_t at = query_end(query);
  if (received->octets[11] == 0 || received->size < at + 11) return 512;
  return received->octets[at + 3] << 8 | received->octets[at + 4];
}

static int connected_socket(int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) < 0) fail("cannot open a socket", strerror(errno));
  return fd;
}

static int upstream_socket(int type, int port) {
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(upstream_host)}};
  int fd = socket(AF_INET, type, 0), on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (fd < 0 || bind(fd, (struct sockaddr *)&own, sizeof own) < 0) fail("cannot take the upstream's port", strerror(errno));
  return fd;
}

static atomic_long tcp_queries;
static long tcp_count(void) { return atomic_load(&tcp_queries); }

static bool read_whole(int fd, uint8_t *octets, size_t size) {
  for (size_t at = 0; at < size;) {
    ssize_t count = read(fd, octets + at, size - at);
    if (count <= 0) return false;
    at += (size_t)count;
  }
  return true;
}

// Answers one connection right until it ends.
static void *serve_connection(void *argument) {
  int fd = (int)(intptr_t)argument;
  uint8_t query[1026], reply[514];
  while (read_whole(fd, query, 2)) {
    size_t size = (size_t)(query[0] << 8 | query[1]);
    if (size < 12 || size > sizeof query - 2 || !read_whole(fd, query + 2, size)) break;
    atomic_fetch_add(&tcp_queries, 1);
    size_t answer = make_reply(reply + 2, query + 2, size, right_address);
    reply[0] = (uint8_t)(answer >> 8), reply[1] = (uint8_t)answer;
    if (write(fd, reply, answer + 2) < 0) break;
  }
  close(fd);
  return NULL;
}

static void *accept_connections(void *argument) {
  for (int listener = (int)(intptr_t)argument;;) {
    int fd = accept(listener, NULL, NULL);
    pthread_t thread;
    if (fd >= 0 && pthread_create(&thread, NULL, serve_connection, (void *)(intptr_t)fd) == 0) pthread_detach(thread);
  }
  return NULL;
}

static void start_tcp(int listener) {
  pthread_t thread;
  if (listen(listener, 64) < 0 || pthread_create(&thread, NULL, accept_connections, (void *)(intptr_t)listener) != 0)
    fail("cannot listen over TCP", strerror(errno));
}

static uint16_t checksum(const void *octets, size_t size) {
  uint32_t sum = 0;
  for (size_t at = 0; at + 1 < size; at += 2) {
    uint16_t word;
    memcpy(&word, (const uint8_t *)octets + at, 2);
    sum += word;
  }
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return (uint16_t)~sum;
}

// "Port unreachable" (RFC 792) about the query that came from `from`, as anyone on the way could send it.
static void send_unreachable(int raw, const struct sockaddr_in *from, int upstream_port) {
  struct {
    struct icmphdr icmp;
    struct iphdr ip;
    struct udphdr udp;
  } __attribute__((packed)) error = {
      .icmp = {.type = ICMP_DEST_UNREACH, .code = ICMP_PORT_UNREACH},
      .ip = {.version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP, .tot_len = htons(100),
             .saddr = from->sin_addr.s_addr, .daddr = htonl(upstream_host)},
      .udp = {.source = from->sin_port, .dest = htons((uint16_t)upstream_port), .len = htons(80)}};
  struct iphdr ip = error.ip;
  error.ip.check = checksum(&ip, sizeof ip);
  error.icmp.checksum = checksum(&error, sizeof error);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr = from->sin_addr};
  sendto(raw, &error, sizeof error, 0, (struct sockaddr *)&to, sizeof to);
}

// Whether a UDP socket of this machine has the port, as /proc/net/udp says.
static bool is_taken(in_port_t port) {
  char line[256], want[16];
  bool found = false;
  FILE *table = fopen("/proc/net/udp", "r");
  if (!table) fail("cannot read", "/proc/net/udp");
  snprintf(want, sizeof want, ":%04X ", ntohs(port));
  while (fgets(line, sizeof line, table)) {
    char *local = strchr(line, ':');
    found |= local && strncmp(local + 10, want, strlen(want)) == 0;
  }
  fclose(table);
  return found;
}
