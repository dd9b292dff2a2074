// udpecho: the cheapest UDP server there can be, as the measure for the others.
//
// usage: udpecho --port N
// Receives up to 64 datagrams with one recvmmsg, sets the QR bit of each and sends them back with one sendmmsg.
// One thread, 127.0.0.1 only; runs until it is killed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

enum { batch_size = 64, datagram_size = 4096, receive_buffer = 4 << 20 };

static uint8_t octets[batch_size][datagram_size];
static struct sockaddr_in peers[batch_size];
static struct iovec slices[batch_size];
static struct mmsghdr messages[batch_size];

static int open_socket(uint16_t port) {
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  int size = receive_buffer;
  struct sockaddr_in here = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) != 0) {
    perror("udpecho: bind");
    exit(1);
  }
  return fd;
}

static void point_messages_at_slots(void) {
  for (int i = 0; i < batch_size; i++) {
    slices[i] = (struct iovec){octets[i], datagram_size};
    messages[i].msg_hdr =
        (struct msghdr){.msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &slices[i], .msg_iovlen = 1};
  }
}

// Sends the first `count` slots back to where they came from.
static void echo(int fd, int count) {
  for (int i = 0; i < count; i++) {
    octets[i][2] |= 0x80;
    slices[i].iov_len = messages[i].msg_len;
  }
  for (int done = 0; done < count;) {
    int sent = sendmmsg(fd, messages + done, (unsigned)(count - done), 0);
    if (sent <= 0) break;
    done += sent;
  }
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"port", required_argument, NULL, 'p'}, {0}};
  int port = 0, option;
  while ((option = getopt_long(argc, argv, "p:", options, NULL)) != -1) port = option == 'p' ? atoi(optarg) : -1;
  if (port < 1 || port > 65535) {
    fprintf(stderr, "usage: udpecho --port N (1-65535)\n");
    return 2;
  }
  int fd = open_socket((uint16_t)port);
  for (;;) {
    point_messages_at_slots();
    int received = recvmmsg(fd, messages, batch_size, MSG_WAITFORONE, NULL);
    if (received > 0) echo(fd, received);
    else if (received < 0 && errno != EINTR) return 1;
  }
}
