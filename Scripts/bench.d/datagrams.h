// The datagrams of a load generator: sockets on loopback, and memory to send and receive batches of them. Included once,
// by a program that has said how many messages a batch holds: batch_size.
#pragma once
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>

#include "fail.h"
#include "query.h"

enum {
  max_reply_size = 4096,
  receive_buffer = 4 << 20,
};

static struct mmsghdr outgoing[batch_size], incoming[batch_size];
static struct iovec outgoing_slices[batch_size], incoming_slices[batch_size];
static uint8_t outgoing_octets[batch_size][max_query_size], incoming_octets[batch_size][max_reply_size];

static void point_messages_at_slots(void) {
  for (int i = 0; i < batch_size; i++) {
    outgoing_slices[i].iov_base = outgoing_octets[i];
    outgoing[i].msg_hdr = (struct msghdr){.msg_iov = &outgoing_slices[i], .msg_iovlen = 1};
    incoming_slices[i] = (struct iovec){incoming_octets[i], max_reply_size};
    incoming[i].msg_hdr = (struct msghdr){.msg_iov = &incoming_slices[i], .msg_iovlen = 1};
  }
}

// A socket that talks to 127.0.0.1:port alone and does not wait; ends the program where there is none.
static int connected_datagrams(int port) {
  struct sockaddr_in server = {
      .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = receive_buffer;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) != 0)
    fail("cannot open a socket", strerror(errno));
  return fd;
}
