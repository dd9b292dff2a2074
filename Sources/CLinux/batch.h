// How a batch lies in memory; for the files of this target only.
#ifndef CLINUX_BATCH_H
#define CLINUX_BATCH_H

#include "CLinux.h"

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/uio.h>

struct control {
    _Alignas(struct cmsghdr) uint8_t octets[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(struct in_pktinfo))];
};

struct clinux_batch {
    struct mmsghdr in[CLINUX_BATCH], out[CLINUX_BATCH];
    struct iovec in_vector[CLINUX_BATCH], out_vector[CLINUX_BATCH];
    struct sockaddr_storage sender[CLINUX_BATCH];
    struct control control[CLINUX_BATCH];
    uint8_t query[CLINUX_BATCH][CLINUX_SLOT], response[CLINUX_BATCH][CLINUX_SLOT];
    int wants_local_address, queued;
};

// Makes a response leave from the address its query came to.
void clinux_aim_source(struct msghdr *response, struct msghdr *query);

#endif
