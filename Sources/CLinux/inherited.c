#define _GNU_SOURCE
#include "CLinux.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>

int clinux_bound_socket(int socket, int *type, uint8_t address[16], size_t *address_length, uint16_t *port) {
    socklen_t size = sizeof *type;
    if (getsockopt(socket, SOL_SOCKET, SO_TYPE, type, &size) < 0) return -errno;
    struct sockaddr_storage own;
    socklen_t length = sizeof own;
    if (getsockname(socket, (struct sockaddr *)&own, &length) < 0) return -errno;
    int listens = 0;
    size = sizeof listens;
    getsockopt(socket, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size);
    if (*type != SOCK_DGRAM && !(*type == SOCK_STREAM && listens)) return -EPROTONOSUPPORT;
    if (own.ss_family == AF_INET) {
        const struct sockaddr_in *in = (const void *)&own;
        *port = ntohs(in->sin_port);
        *address_length = in->sin_addr.s_addr == htonl(INADDR_ANY) ? 0 : 4;
        memcpy(address, &in->sin_addr, *address_length);
        return 0;
    }
    if (own.ss_family != AF_INET6) return -EPROTONOSUPPORT;
    const struct sockaddr_in6 *in6 = (const void *)&own;
    *port = ntohs(in6->sin6_port);
    *address_length = IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr) ? 0 : 16;
    memcpy(address, &in6->sin6_addr, *address_length);
    return 0;
}

int clinux_duplicate(int descriptor) {
    int copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 0);
    return copy < 0 ? -errno : copy;
}
