// Batches of datagrams: received and sent with one system call each.
#define _GNU_SOURCE
#include "batch.h"

#include <errno.h>
#include <netinet/udp.h>
#include <stdlib.h>
#include <string.h>

enum {
    // Segments fit every path that IPv6 allows.
    SEGMENT_LENGTH_MAX = 1232,
    // All of them together are one datagram until they are cut.
    SEGMENTS_LENGTH_MAX = 64000,
};

struct clinux_batch *clinux_batch_create(int wants_local_address) {
    // Pages of messages are taken from the system only when a slot is first used.
    struct clinux_batch *batch = aligned_alloc(64, (sizeof *batch + 63) & ~(size_t)63);
    if (!batch) return NULL;
    memset(batch, 0, offsetof(struct clinux_batch, query));
    batch->wants_local_address = wants_local_address;
    batch->received = CLINUX_BATCH;
    for (int i = 0; i < CLINUX_BATCH; i++) {
        batch->in_vector[i] = (struct iovec){batch->query[i], CLINUX_SLOT};
        batch->in[i].msg_hdr.msg_iov = &batch->in_vector[i];
        batch->in[i].msg_hdr.msg_iovlen = 1;
        batch->in[i].msg_hdr.msg_name = &batch->sender[i];
    }
    return batch;
}

void clinux_batch_destroy(struct clinux_batch *batch) { free(batch); }

int clinux_batch_receive(struct clinux_batch *batch, int socket, int flags) {
    // What the kernel wrote over last time.
    for (int i = 0; i < batch->received; i++) {
        struct msghdr *header = &batch->in[i].msg_hdr;
        header->msg_namelen = sizeof batch->sender[i];
        if (batch->wants_local_address) {
            header->msg_control = batch->control[i].octets;
            header->msg_controllen = sizeof batch->control[i].octets;
        }
    }
    batch->queued = 0;
    batch->response_octets = 0;
    int count = recvmmsg(socket, batch->in, CLINUX_BATCH, flags | MSG_WAITFORONE, NULL);
    batch->received = count < 0 ? 0 : count;
    return count < 0 ? -errno : count;
}

uint8_t *clinux_batch_query(struct clinux_batch *batch, int index, size_t *length) {
    *length = batch->in[index].msg_len;
    return batch->query[index];
}

uint8_t *clinux_batch_response(struct clinux_batch *batch) { return batch->response + batch->response_octets; }

int clinux_batch_sender(struct clinux_batch *batch, int index, uint8_t address[16], uint16_t *port) {
    const struct sockaddr_in6 *in6 = &batch->sender[index];
    if (in6->sin6_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)in6;
        memcpy(address, &in->sin_addr, 4);
        *port = ntohs(in->sin_port);
        return AF_INET;
    }
    *port = ntohs(in6->sin6_port);
    if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
        memcpy(address, in6->sin6_addr.s6_addr + 12, 4);
        return AF_INET;
    }
    memcpy(address, &in6->sin6_addr, 16);
    return AF_INET6;
}

int clinux_batch_is_cut(struct clinux_batch *batch, int index) {
    return (batch->in[index].msg_hdr.msg_flags & MSG_TRUNC) != 0;
}

// The response's control data names the address the query came to; the interface is left to routing, except for
// link-local addresses, which mean nothing without it.
void clinux_aim_source(struct msghdr *response, struct msghdr *query) {
    for (struct cmsghdr *part = CMSG_FIRSTHDR(query); part; part = CMSG_NXTHDR(query, part)) {
        if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
            struct in_pktinfo *info = (struct in_pktinfo *)CMSG_DATA(part);
            info->ipi_ifindex = 0;
            info->ipi_spec_dst = info->ipi_addr;
        } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo *info = (struct in6_pktinfo *)CMSG_DATA(part);
            if (!IN6_IS_ADDR_LINKLOCAL(&info->ipi6_addr)) info->ipi6_ifindex = 0;
        } else {
            continue;
        }
        response->msg_control = part;
        response->msg_controllen = part->cmsg_len;
        return;
    }
    response->msg_control = NULL;
    response->msg_controllen = 0;
}

void clinux_batch_respond(struct clinux_batch *batch, int index, size_t length) {
    struct queued *queued = &batch->queue[batch->queued++];
    queued->index = index;
    queued->octets = (struct iovec){clinux_batch_response(batch), length};
    batch->response_octets += (length + 63) & ~(size_t)63;
}

static bool has_same_client(struct clinux_batch *batch, int left, int right) {
    const struct sockaddr_in6 *a = &batch->sender[left], *b = &batch->sender[right];
    socklen_t length = batch->in[left].msg_hdr.msg_namelen;
    if (length != batch->in[right].msg_hdr.msg_namelen) return false;
    if (a->sin6_family != AF_INET) return memcmp(a, b, length) == 0;
    const struct sockaddr_in *c = (const void *)a, *d = (const void *)b;
    return c->sin_port == d->sin_port && c->sin_addr.s_addr == d->sin_addr.s_addr;
}

// Whether both queries came to one address; control data is compared as it came, before `clinux_aim_source`.
static bool has_same_target(struct clinux_batch *batch, int left, int right) {
    if (!batch->wants_local_address) return true;
    const struct msghdr *a = &batch->in[left].msg_hdr, *b = &batch->in[right].msg_hdr;
    return a->msg_controllen == b->msg_controllen && memcmp(a->msg_control, b->msg_control, a->msg_controllen) == 0;
}

// Adds the response at `place` to a run; false where it does not go with the run's others.
static bool join(struct clinux_batch *batch, struct run *run, int place) {
    size_t length = batch->queue[place].octets.iov_len;
    if ((size_t)(run->count + 1) * run->length > SEGMENTS_LENGTH_MAX) return false;
    if (run->is_closed || length > SEGMENT_LENGTH_MAX || run->length > SEGMENT_LENGTH_MAX) return false;
    batch->queue[place].next = -1;
    if (length > run->length) {
        // The longer one of a pair goes first.
        if (run->count != 1) return false;
        batch->queue[place].next = run->first;
        run->first = place;
        run->length = length;
        run->is_closed = true;
    } else {
        batch->queue[run->last].next = place;
        run->last = place;
        run->is_closed = length < run->length;
    }
    run->count++;
    return true;
}

// Puts the response at `place` into its client's run, or begins one.
static void assign(struct clinux_batch *batch, int place) {
    int index = batch->queue[place].index;
    const struct sockaddr_in6 *client = &batch->sender[index];
    unsigned slot = ntohs(client->sin6_port);
    for (;; slot++) {
        uint8_t *entry = &batch->run_places[slot % CLINUX_RUN_PLACES];
        if (*entry) {
            struct run *run = &batch->runs[*entry - 1];
            int other = batch->queue[run->first].index;
            if (!has_same_client(batch, index, other) || !has_same_target(batch, index, other)) continue;
            if (join(batch, run, place)) return;
        }
        batch->queue[place].next = -1;
        batch->runs[batch->run_count] = (struct run){place, place, 1, batch->queue[place].octets.iov_len, false};
        *entry = (uint8_t)++batch->run_count;
        return;
    }
}

// Makes one message of `out` of a run; its pieces lie at `vector`.
static void prepare(struct clinux_batch *batch, const struct run *run, struct mmsghdr *message, struct iovec *vector) {
    struct msghdr *query = &batch->in[batch->queue[run->first].index].msg_hdr, *header = &message->msg_hdr;
    header->msg_name = query->msg_name;
    header->msg_namelen = query->msg_namelen;
    header->msg_iov = vector;
    header->msg_iovlen = run->count;
    header->msg_control = NULL;
    header->msg_controllen = 0;
    for (int place = run->first; place >= 0; place = batch->queue[place].next) *vector++ = batch->queue[place].octets;
    if (batch->wants_local_address) clinux_aim_source(header, query);
    if (run->count == 1) return;
    struct out_control *control = &batch->out_control[message - batch->out];
    size_t aimed = header->msg_control ? CMSG_ALIGN(header->msg_controllen) : 0;
    if (aimed) memcpy(control->octets, header->msg_control, header->msg_controllen);
    struct cmsghdr *cut = (struct cmsghdr *)(control->octets + aimed);
    *cut = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof(uint16_t)), .cmsg_level = IPPROTO_UDP, .cmsg_type = UDP_SEGMENT};
    uint16_t length = (uint16_t)run->length;
    memcpy(CMSG_DATA(cut), &length, sizeof length);
    header->msg_control = control->octets;
    header->msg_controllen = aimed + CMSG_SPACE(sizeof(uint16_t));
}

// Sends `out`; returns how many responses were refused.
static int transmit(struct clinux_batch *batch, int socket) {
    int sent = 0, refused = 0;
    while (sent < batch->run_count) {
        int count = sendmmsg(socket, batch->out + sent, batch->run_count - sent, 0);
        if (count > 0) {
            sent += count;
            continue;
        }
        if (errno == EINTR) continue;
        // The first of the rest cannot be sent (unreachable, refused): the others can.
        struct msghdr *header = &batch->out[sent++].msg_hdr;
        if (header->msg_iovlen == 1) {
            refused++;
            continue;
        }
        // A device that does not compute checksums cuts nothing either, and old kernels know nothing of it. A client with a
        // port that nothing can be sent to fails alike, and changes nothing for others.
        bool may_not_cut = errno == EIO || errno == EINVAL;
        struct msghdr single = *header;
        single.msg_iovlen = 1;
        single.msg_controllen -= CMSG_SPACE(sizeof(uint16_t));
        if (single.msg_controllen == 0) single.msg_control = NULL;
        for (; single.msg_iov < header->msg_iov + header->msg_iovlen; single.msg_iov++) {
            if (sendmsg(socket, &single, 0) < 0) refused++;
            else if (may_not_cut) batch->sends_whole = true;
        }
    }
    return refused;
}

int clinux_batch_send(struct clinux_batch *batch, int socket) {
    batch->run_count = 0;
    if (batch->sends_whole || batch->queued == 1) {
        for (int place = 0; place < batch->queued; place++) {
            batch->queue[place].next = -1;
            batch->runs[batch->run_count++] = (struct run){place, place, 1, 0, true};
        }
    } else {
        memset(batch->run_places, 0, sizeof batch->run_places);
        for (int place = 0; place < batch->queued; place++) assign(batch, place);
    }
    struct iovec *vector = batch->out_vector;
    for (int i = 0; i < batch->run_count; i++) {
        prepare(batch, &batch->runs[i], &batch->out[i], vector);
        vector += batch->runs[i].count;
    }
    return transmit(batch, socket);
}
