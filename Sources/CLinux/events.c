#define _GNU_SOURCE
#include "CLinuxEvents.h"

#include "batch.h"

#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <unistd.h>

struct envelope {
    struct sockaddr_in6 client;
    socklen_t client_length;
    size_t control_length;
    _Alignas(struct cmsghdr) uint8_t control[64];
};
_Static_assert(sizeof(struct envelope) <= CLINUX_ENVELOPE, "an envelope fits what callers keep of it");

void clinux_batch_envelope(struct clinux_batch *batch, int index, uint8_t *octets) {
    struct envelope envelope = {0};
    struct msghdr *query = &batch->in[index].msg_hdr, reply = {0};
    envelope.client_length = query->msg_namelen < sizeof envelope.client ? query->msg_namelen : sizeof envelope.client;
    memcpy(&envelope.client, query->msg_name, envelope.client_length);
    if (batch->wants_local_address) clinux_aim_source(&reply, query);
    if (reply.msg_control && reply.msg_controllen <= sizeof envelope.control) {
        envelope.control_length = reply.msg_controllen;
        memcpy(envelope.control, reply.msg_control, reply.msg_controllen);
    }
    memcpy(octets, &envelope, sizeof envelope);
}

int clinux_envelope_send(int socket, const uint8_t *octets, const uint8_t *data, size_t length) {
    struct envelope envelope;
    memcpy(&envelope, octets, sizeof envelope);
    struct iovec vector = {(void *)data, length};
    struct msghdr header = {.msg_name = &envelope.client, .msg_namelen = envelope.client_length, .msg_iov = &vector, .msg_iovlen = 1};
    if (envelope.control_length > 0) {
        header.msg_control = envelope.control;
        header.msg_controllen = envelope.control_length;
    }
    for (;;) {
        if (sendmsg(socket, &header, MSG_NOSIGNAL) >= 0) return 0;
        if (errno != EINTR) return -errno;
    }
}

int clinux_epoll_create(void) {
    int fd = epoll_create1(EPOLL_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int clinux_epoll_add(int epoll, int descriptor, uint64_t token) {
    struct epoll_event event = {.events = EPOLLIN, .data = {.u64 = token}};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event) < 0 ? -errno : 0;
}

int clinux_epoll_wait(int epoll, uint64_t *tokens, int milliseconds) {
    struct epoll_event events[CLINUX_EVENTS];
    int count = epoll_wait(epoll, events, CLINUX_EVENTS, milliseconds);
    for (int i = 0; i < count; i++) tokens[i] = events[i].data.u64;
    return count < 0 ? 0 : count;
}

int clinux_eventfd(void) {
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

void clinux_eventfd_signal(int descriptor) {
    uint64_t one = 1;
    // A full counter has woken its reader already.
    if (write(descriptor, &one, sizeof one) < 0) return;
}

void clinux_eventfd_clear(int descriptor) {
    uint64_t value;
    if (read(descriptor, &value, sizeof value) < 0) return;
}

static socklen_t upstream_address(struct sockaddr_storage *storage, const uint8_t *address, size_t length, uint16_t port,
                                  const char *zone) {
    memset(storage, 0, sizeof *storage);
    if (length == 16) {
        struct sockaddr_in6 *in6 = (void *)storage;
        in6->sin6_family = AF_INET6;
        in6->sin6_port = htons(port);
        memcpy(&in6->sin6_addr, address, 16);
        if (zone && *zone) in6->sin6_scope_id = if_nametoindex(zone);
        return sizeof *in6;
    }
    struct sockaddr_in *in = (void *)storage;
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    memcpy(&in->sin_addr, address, 4);
    return sizeof *in;
}

// How many of the last descriptors are not for clients: what runs beside them (Dispatch looks at /proc each second, and
// ends the process where it cannot) must not find all taken.
static rlim_t descriptor_reserve(rlim_t limit) {
    return limit / 8 < 8 ? 8 : limit / 8 > 64 ? 64 : limit / 8;
}

// 0: room; 1: among the last ones; 2: among the last half of those.
static int shortage(int descriptor) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
    rlim_t reserve = descriptor_reserve(limit.rlim_cur), number = (rlim_t)descriptor;
    return number + reserve / 2 >= limit.rlim_cur ? 2 : number + reserve >= limit.rlim_cur;
}

int clinux_descriptor_shortage(void) {
    // The kernel gives out the lowest number that is free.
    int fd = eventfd(0, EFD_CLOEXEC);
    if (fd < 0) return 2;
    close(fd);
    return shortage(fd);
}

int clinux_upstream_socket(const uint8_t *address, size_t address_length, uint16_t port, const char *zone,
                           const uint8_t *source, size_t source_length) {
    int fd = socket(address_length == 16 ? AF_INET6 : AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -errno;
    if (shortage(fd) > 0) {
        close(fd);
        return -EMFILE;
    }
    // A forged ICMP message must not shrink what we send (RFC 9715).
    int omit = address_length == 16 ? IPV6_PMTUDISC_OMIT : IP_PMTUDISC_OMIT;
    if (address_length == 16)
        setsockopt(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, &omit, sizeof omit);
    else
        setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &omit, sizeof omit);
    int result = 0;
    if (source_length == address_length) {
        struct sockaddr_storage storage;
        socklen_t length = upstream_address(&storage, source, source_length, 0, NULL);
        result = bind(fd, (struct sockaddr *)&storage, length) < 0 ? -errno : 0;
    }
    if (result == 0) result = clinux_upstream_connect(fd, address, address_length, port, zone);
    if (result < 0) {
        close(fd);
        return result;
    }
    return fd;
}

int clinux_upstream_connect(int fd, const uint8_t *address, size_t address_length, uint16_t port, const char *zone) {
    struct sockaddr_storage storage;
    socklen_t length = upstream_address(&storage, address, address_length, port, zone);
    // The kernel takes a random port of its range with the connection.
    return connect(fd, (struct sockaddr *)&storage, length) < 0 ? -errno : 0;
}

int clinux_upstream_disconnect(int fd) {
    struct sockaddr nobody = {.sa_family = AF_UNSPEC};
    return connect(fd, &nobody, sizeof nobody) < 0 ? -errno : 0;
}

uint64_t clinux_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return 1024;
    if (limit.rlim_cur < limit.rlim_max) {
        struct rlimit raised = {limit.rlim_max, limit.rlim_max};
        if (setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
    }
    return limit.rlim_cur;
}
