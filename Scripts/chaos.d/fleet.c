// fleet: how soon many copies of a zone have the version that its primary has, for `Scripts/chaos fleet`.
//
// usage: fleet SECONDS PORT COPIES
//   The primary answers at 127.0.0.1:PORT, and the copies at 127.0.1.1 to 127.0.1.COPIES, port 5300. Asks all for the SOA of
//   cluster.local over UDP every 20 ms, those no more that have the primary's version, until the primary has had the same
//   version for a second and all have it, or SECONDS are over. Prints "same_ms=… serial=… late=…": when, after the start, the
//   last one had it, and how many never had it.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "query.h"

enum { copies_max = 250, copy_port = 5300, period_ms = 20 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec * 1e3 + (double)time.tv_nsec * 1e-6;
}

static int connected(uint32_t address, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr.s_addr = htonl(address)};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof to) != 0) fail("no socket", NULL);
  return fd;
}

// The serial of the first record of a response, which is an SOA; false for any other.
static bool read_serial(const uint8_t *octets, ssize_t size, uint32_t *serial) {
  if (size < 12 || (octets[3] & 15) != 0 || octets[7] == 0) return false;
  ssize_t at = 12;
  while (at < size && octets[at]) at += 1 + octets[at];
  at += 1 + 4;
  // The owner is a pointer.
  if (at + 12 > size || octets[at + 3] != 6) return false;
  const ssize_t end = at + 12 + octets[at + 10] * 256 + octets[at + 11];
  if (end > size) return false;
  *serial = 0;
  for (ssize_t index = end - 20; index < end - 16; index++) *serial = *serial << 8 | octets[index];
  return true;
}

static void take(int fd, uint32_t *serial) {
  uint8_t octets[1500];
  ssize_t size;
  while ((size = recv(fd, octets, sizeof octets, 0)) > 0) read_serial(octets, size, serial);
}

int main(int count, char **arguments) {
  if (count != 4) fail("usage: fleet SECONDS PORT COPIES", NULL);
  const double seconds = atof(arguments[1]), start = now();
  const int copies = atoi(arguments[3]);
  if (copies < 1 || copies > copies_max) fail("too many copies, or none", arguments[3]);
  struct pollfd sockets[copies_max + 1];
  uint32_t serials[copies_max + 1] = {0};
  char name[] = "cluster.local";
  struct query query;
  build_query(&query, name, type_number("SOA"), false);
  for (int index = 0; index <= copies; index++)
    sockets[index] = (struct pollfd){
        .fd = index ? connected(0x7F000100u + (uint32_t)index, copy_port) : connected(INADDR_LOOPBACK, atoi(arguments[2])),
        .events = POLLIN};
  double changed = start, same = start;
  int late = copies;
  for (double round = start; round - start < seconds * 1e3 && (late > 0 || round - changed < 1000); round += period_ms) {
    const uint32_t before = serials[0];
    for (int index = 0; index <= copies; index++)
      if (index == 0 || serials[index] != before) send(sockets[index].fd, query.octets, query.size, MSG_NOSIGNAL);
    for (double left; (left = round + period_ms - now()) > 0;) {
      if (poll(sockets, (nfds_t)copies + 1, (int)left + 1) <= 0) break;
      for (int index = 0; index <= copies; index++)
        if (sockets[index].revents) take(sockets[index].fd, &serials[index]);
    }
    if (serials[0] != before) changed = now();
    const int were_late = late;
    late = 0;
    for (int index = 1; index <= copies; index++) late += serials[index] != serials[0];
    if (late > 0 || were_late > 0) same = now();
    // A machine that is busy does not get all the rounds.
    if (now() > round + 2 * period_ms) round = now() - period_ms;
  }
  printf("same_ms=%.0f serial=%u late=%d\n", same - start, serials[0], late);
}
