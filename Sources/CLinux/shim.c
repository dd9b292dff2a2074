#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <malloc.h>
#include <netinet/in.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static int set_option(int socket, int level, int name, int value) {
    return setsockopt(socket, level, name, &value, sizeof value);
}

static socklen_t make_address(struct sockaddr_storage *storage, int family, const uint8_t *address, uint16_t port) {
    memset(storage, 0, sizeof *storage);
    storage->ss_family = family;
    if (family == AF_INET6) {
        struct sockaddr_in6 *in6 = (void *)storage;
        in6->sin6_port = htons(port);
        if (address) memcpy(&in6->sin6_addr, address, 16);
        return sizeof *in6;
    }
    struct sockaddr_in *in = (void *)storage;
    in->sin_port = htons(port);
    if (address) memcpy(&in->sin_addr, address, 4);
    return sizeof *in;
}

void clinux_set_receive_buffer(int fd, int octets) {
    if (set_option(fd, SOL_SOCKET, SO_RCVBUFFORCE, octets) < 0) set_option(fd, SOL_SOCKET, SO_RCVBUF, octets);
}

// Options that decide what a bind means or what arrives; the ones that fail harmlessly are not checked.
static void prepare_socket(int fd, int family, int all_addresses, int receive_buffer) {
    if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, !all_addresses);
    if (all_addresses) {
        set_option(fd, IPPROTO_IP, IP_PKTINFO, 1);
        if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1);
    }
    // Path MTU discovery would let a forged ICMP message shrink or drop answers; they are small by themselves.
    set_option(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_OMIT);
    if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_OMIT);
    clinux_set_receive_buffer(fd, receive_buffer);
}

static int bind_socket(int family, const uint8_t *address, uint16_t port, int receive_buffer, int timeout_ms) {
    int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    prepare_socket(fd, family, address == NULL, receive_buffer);
    struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    struct sockaddr_storage storage;
    socklen_t length = make_address(&storage, family, address, port);
    if (set_option(fd, SOL_SOCKET, SO_REUSEPORT, 1) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) < 0 ||
        bind(fd, (struct sockaddr *)&storage, length) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

static int probe(int type, int family, const uint8_t *address, uint16_t port) {
    int fd = socket(family, type | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    // Connections that have ended keep a TCP port for a minute; they are no server. For UDP the option would mean sharing.
    if (type == SOCK_STREAM) set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1);
    if (family == AF_INET6) set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, address != NULL);
    struct sockaddr_storage storage;
    socklen_t length = make_address(&storage, family, address, port);
    int result = bind(fd, (struct sockaddr *)&storage, length) < 0 ? -errno : 0;
    close(fd);
    return result;
}

int clinux_port_is_free(int type, const uint8_t *address, size_t address_length, uint16_t port) {
    if (address_length > 0) return probe(type, address_length == 4 ? AF_INET : AF_INET6, address, port);
    int result = probe(type, AF_INET6, NULL, port);
    return result == -EAFNOSUPPORT || result == -EADDRNOTAVAIL ? probe(type, AF_INET, NULL, port) : result;
}

int clinux_adopt_udp_socket(int socket, int receive_buffer, int timeout_ms) {
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    if (getsockname(socket, (struct sockaddr *)&own, &length) < 0) return -errno;
    int fd = clinux_duplicate(socket);
    if (fd < 0) return fd;
    // Whether one socket is for both families was decided when it was bound, and stays so.
    int all_addresses = own.ss_family == AF_INET
                            ? ((struct sockaddr_in *)&own)->sin_addr.s_addr == htonl(INADDR_ANY)
                            : IN6_IS_ADDR_UNSPECIFIED(&((struct sockaddr_in6 *)&own)->sin6_addr);
    prepare_socket(fd, own.ss_family, all_addresses, receive_buffer);
    struct timeval timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000};
    int flags = fcntl(fd, F_GETFL);
    if (flags < 0 || fcntl(fd, F_SETFL, flags & ~O_NONBLOCK) < 0 ||
        setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int clinux_udp_socket(const uint8_t *address, size_t address_length, uint16_t port, int receive_buffer, int timeout_ms) {
    if (address_length > 0)
        return bind_socket(address_length == 4 ? AF_INET : AF_INET6, address, port, receive_buffer, timeout_ms);
    int fd = bind_socket(AF_INET6, NULL, port, receive_buffer, timeout_ms);
    if (fd == -EAFNOSUPPORT || fd == -EADDRNOTAVAIL)
        fd = bind_socket(AF_INET, NULL, port, receive_buffer, timeout_ms);
    return fd;
}

void clinux_udp_close_gate(int socket) {
    // A connected socket takes datagrams of its peer only; nobody sends from the discard port of this host.
    struct sockaddr_storage own = {0};
    socklen_t length = sizeof own;
    if (getsockname(socket, (struct sockaddr *)&own, &length) == 0) {
        if (own.ss_family == AF_INET) {
            struct sockaddr_in *in = (void *)&own;
            in->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
            in->sin_port = htons(9);
        } else {
            struct sockaddr_in6 *in6 = (void *)&own;
            in6->sin6_addr = in6addr_loopback;
            in6->sin6_port = htons(9);
        }
        if (connect(socket, (struct sockaddr *)&own, length) < 0 && own.ss_family == AF_INET6) {
            // No ::1 here: IPv4 loopback is a peer as good.
            struct sockaddr_in6 *in6 = (void *)&own;
            static const uint8_t mapped[16] = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1};
            memcpy(&in6->sin6_addr, mapped, sizeof mapped);
            connect(socket, (struct sockaddr *)&own, length);
        }
    }
    shutdown(socket, SHUT_RD);
}

void clinux_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }

// struct sched_attr of linux/sched/types.h, whose header does not go with sched.h.
struct slice_attributes {
    uint32_t size;
    uint32_t policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

void clinux_shorten_slice(void) {
    // Whoever gave the process another policy has decided.
    if (sched_getscheduler(0) != SCHED_OTHER) return;
    struct slice_attributes attributes = {
        .size = sizeof attributes,
        .policy = SCHED_OTHER,
        .nice = getpriority(PRIO_PROCESS, 0),
        .runtime = 100000,
    };
    syscall(SYS_sched_setattr, 0, &attributes, 0);
}

int clinux_cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) < 0) return 1;
    int count = CPU_COUNT(&set);
    return count > 0 ? count : 1;
}

void clinux_limit_malloc_arenas(int count) { mallopt(M_ARENA_MAX, count); }

void clinux_trim_heap(void) { malloc_trim(0); }

uint64_t clinux_monotonic_nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int clinux_interfaces(void (*visit)(void *, const char *, const uint8_t *, size_t), void *context) {
    struct ifaddrs *list;
    if (getifaddrs(&list) < 0) return -errno;
    for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
        if (!entry->ifa_addr) continue;
        if (entry->ifa_addr->sa_family == AF_INET)
            visit(context, entry->ifa_name, (const uint8_t *)&((struct sockaddr_in *)entry->ifa_addr)->sin_addr, 4);
        else if (entry->ifa_addr->sa_family == AF_INET6)
            visit(context, entry->ifa_name, (const uint8_t *)&((struct sockaddr_in6 *)entry->ifa_addr)->sin6_addr, 16);
    }
    freeifaddrs(list);
    return 0;
}
