// How a batch lies in memory; for the files of this target only.
#ifndef CLINUX_BATCH_H
#define CLINUX_BATCH_H

#include "CLinux.h"

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

enum {
    // A cache line more than a slot: else all messages would begin in the same set of the first-level cache.
    CLINUX_STRIDE = CLINUX_SLOT + 64,
    // Places for runs of responses by client; a power of two, twice as many as there can be.
    CLINUX_RUN_PLACES = 2 * CLINUX_BATCH,
};

struct control {
    _Alignas(struct cmsghdr) uint8_t octets[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
};

// Control data of what goes out: the address it leaves from, and where the kernel cuts it.
struct out_control {
    _Alignas(struct cmsghdr) uint8_t octets[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(uint16_t))];
};

// Responses to one client that leave as one datagram, which the kernel cuts up again (UDP_SEGMENT): all but the last
// have one length, and the last is not longer.
struct run {
    // Places in `queue`; those between are linked by `next`.
    int first, last, count;
    size_t length;
    bool is_closed;
};

struct clinux_batch {
    struct mmsghdr in[CLINUX_BATCH], out[CLINUX_BATCH];
    struct iovec in_vector[CLINUX_BATCH], out_vector[CLINUX_BATCH];
    // Large enough for both families.
    struct sockaddr_in6 sender[CLINUX_BATCH];
    struct control control[CLINUX_BATCH];
    struct out_control out_control[CLINUX_BATCH];
    // What waits to be sent: a message of `in` and the octets of its response.
    struct queued { int index, next; struct iovec octets; } queue[CLINUX_BATCH];
    struct run runs[CLINUX_BATCH];
    // A run's number plus one by its client; 0 is free.
    uint8_t run_places[CLINUX_RUN_PLACES];
    int wants_local_address, received, queued, run_count;
    // The kernel or a device refused to cut: each response goes by itself from then on.
    bool sends_whole;
    size_t response_octets;
    _Alignas(64) uint8_t query[CLINUX_BATCH][CLINUX_STRIDE];
    // One response behind the other, so that a batch of short ones stays in the first-level cache.
    _Alignas(64) uint8_t response[CLINUX_BATCH * CLINUX_SLOT];
};

// Makes a response leave from the address its query came to.
void clinux_aim_source(struct msghdr *response, struct msghdr *query);

#endif
