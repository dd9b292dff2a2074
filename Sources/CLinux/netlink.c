#define _GNU_SOURCE
#include "CLinuxNetlink.h"

#include <errno.h>
#include <linux/capability.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

// Since Linux 5.18; headers older than that lack it.
#define ADDRESS_ORIGIN 11
// Octets of a request, and of one read of the kernel's answer (which recommends 8 KiB at least).
#define REQUEST_OCTETS 512
#define REPLY_OCTETS 32768
// Reads of one answer: 4096 times 32 KiB hold more addresses than a machine has.
#define READS_MAX 4096

struct request {
    struct nlmsghdr header;
    union {
        struct ifinfomsg link;
        struct ifaddrmsg address;
        uint8_t octets[REQUEST_OCTETS];
    };
};

typedef void (*handler)(void *context, const struct nlmsghdr *message);

static void begin(struct request *request, int type, int flags, size_t body) {
    memset(request, 0, sizeof *request);
    request->header.nlmsg_len = NLMSG_LENGTH(body);
    request->header.nlmsg_type = type;
    request->header.nlmsg_flags = NLM_F_REQUEST | flags;
}

// The requests of this file are far shorter than REQUEST_OCTETS; what would not fit is left out, and refused later.
static struct rtattr *add(struct request *request, int type, const void *data, size_t length) {
    size_t start = NLMSG_ALIGN(request->header.nlmsg_len);
    if (start + RTA_SPACE(length) > sizeof *request) return NULL;
    struct rtattr *attribute = (void *)((uint8_t *)request + start);
    attribute->rta_type = type;
    attribute->rta_len = RTA_LENGTH(length);
    if (length > 0) memcpy(RTA_DATA(attribute), data, length);
    request->header.nlmsg_len = start + RTA_ALIGN(attribute->rta_len);
    return attribute;
}

static int open_netlink(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0) return -errno;
    struct timeval timeout = {2, 0};
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    return fd;
}

// Hands every message of one read to `handle`; returns 1 when more must be read, 0 at the end, or -errno.
static int take(const uint8_t *octets, size_t count, handler handle, void *context) {
    int rest = (int)count;
    for (const struct nlmsghdr *message = (const void *)octets; NLMSG_OK(message, rest);
         message = NLMSG_NEXT(message, rest)) {
        if (message->nlmsg_type == NLMSG_DONE) return 0;
        if (message->nlmsg_type == NLMSG_ERROR) return ((const struct nlmsgerr *)NLMSG_DATA(message))->error;
        if (handle) handle(context, message);
    }
    return 1;
}

// Sends a request and reads until the kernel has acknowledged it, or ended its list.
static int talk(struct request *request, handler handle, void *context) {
    static const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    int fd = open_netlink();
    if (fd < 0) return fd;
    int result = 1;
    if (sendto(fd, request, request->header.nlmsg_len, 0, (const void *)&kernel, sizeof kernel) < 0) result = -errno;
    for (int reads = 0; result == 1 && reads < READS_MAX; reads++) {
        _Alignas(struct nlmsghdr) uint8_t octets[REPLY_OCTETS];
        ssize_t count = recv(fd, octets, sizeof octets, 0);
        if (count < 0 && errno == EINTR) continue;
        result = count < 0 ? -errno : take(octets, (size_t)count, handle, context);
    }
    close(fd);
    return result == 1 ? -EMSGSIZE : result;
}

static int link_index(const char *name) {
    unsigned index = if_nametoindex(name);
    return index > 0 ? (int)index : -ENODEV;
}

static int bring_up(const char *name) {
    struct request request;
    int index = link_index(name);
    if (index < 0) return index;
    begin(&request, RTM_NEWLINK, NLM_F_ACK, sizeof request.link);
    request.link.ifi_index = index;
    request.link.ifi_flags = request.link.ifi_change = IFF_UP;
    return talk(&request, NULL, NULL);
}

int clinux_link_create(const char *name, const char *kind) {
    if (link_index(name) < 0) {
        struct request request;
        begin(&request, RTM_NEWLINK, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sizeof request.link);
        add(&request, IFLA_IFNAME, name, strlen(name) + 1);
        struct rtattr *information = add(&request, IFLA_LINKINFO, NULL, 0);
        add(&request, IFLA_INFO_KIND, kind, strlen(kind) + 1);
        if (information) information->rta_len = (uint8_t *)&request + request.header.nlmsg_len - (uint8_t *)information;
        int result = talk(&request, NULL, NULL);
        // Another process may have been first.
        if (result < 0 && result != -EEXIST) return result;
    }
    return bring_up(name);
}

static const void *find(const struct rtattr *attribute, int rest, int type, size_t length_min) {
    for (; RTA_OK(attribute, rest); attribute = RTA_NEXT(attribute, rest))
        if ((attribute->rta_type & NLA_TYPE_MASK) == type && RTA_PAYLOAD(attribute) >= length_min)
            return RTA_DATA(attribute);
    return NULL;
}

struct wanted_kind {
    int index;
    const char *kind;
    bool is_found;
};

static void compare_kind(void *context, const struct nlmsghdr *message) {
    struct wanted_kind *wanted = context;
    const struct ifinfomsg *link = NLMSG_DATA(message);
    if (message->nlmsg_type != RTM_NEWLINK || link->ifi_index != wanted->index) return;
    int rest = (int)IFLA_PAYLOAD(message);
    for (const struct rtattr *outer = IFLA_RTA(link); RTA_OK(outer, rest); outer = RTA_NEXT(outer, rest)) {
        if ((outer->rta_type & NLA_TYPE_MASK) != IFLA_LINKINFO) continue;
        const char *kind = find(RTA_DATA(outer), (int)RTA_PAYLOAD(outer), IFLA_INFO_KIND, strlen(wanted->kind) + 1);
        wanted->is_found = kind && strcmp(kind, wanted->kind) == 0;
    }
}

struct wanted_link {
    const char *name;
    int count;
};

static void count_address(void *context, const struct clinux_link_address *address) {
    struct wanted_link *wanted = context;
    bool is_link_local = address->length == 16 && address->octets[0] == 0xfe && (address->octets[1] & 0xc0) == 0x80;
    if (!is_link_local && strcmp(address->link, wanted->name) == 0) wanted->count++;
}

int clinux_link_delete_unused(const char *name, const char *kind) {
    struct request request;
    struct wanted_kind wanted = {link_index(name), kind, false};
    if (wanted.index < 0) return 0;
    begin(&request, RTM_GETLINK, NLM_F_DUMP, sizeof request.link);
    int result = talk(&request, compare_kind, &wanted);
    if (result < 0 || !wanted.is_found) return result;
    struct wanted_link link = {name, 0};
    result = clinux_link_addresses(count_address, &link);
    if (result < 0 || link.count > 0) return result;
    begin(&request, RTM_DELLINK, NLM_F_ACK, sizeof request.link);
    request.link.ifi_index = wanted.index;
    result = talk(&request, NULL, NULL);
    return result < 0 ? result : 1;
}

static int begin_address(struct request *request, int type, int flags, const char *link, const uint8_t *octets,
                         size_t length) {
    int index = link_index(link);
    if (index < 0) return index;
    if (length != 4 && length != 16) return -EINVAL;
    begin(request, type, flags | NLM_F_ACK, sizeof request->address);
    request->address.ifa_family = length == 4 ? AF_INET : AF_INET6;
    request->address.ifa_prefixlen = length * 8;
    request->address.ifa_scope = RT_SCOPE_UNIVERSE;
    request->address.ifa_index = (unsigned)index;
    // The address is used at once, on a link with no neighbours: nothing to detect.
    if (length == 16) request->address.ifa_flags = IFA_F_NODAD;
    add(request, IFA_LOCAL, octets, length);
    add(request, IFA_ADDRESS, octets, length);
    return 0;
}

int clinux_address_add(const char *link, const uint8_t *octets, size_t length, const char *label, int origin) {
    struct request request;
    int result = begin_address(&request, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, link, octets, length);
    if (result < 0) return result;
    uint8_t number = (uint8_t)origin;
    if (label && length == 4) add(&request, IFA_LABEL, label, strlen(label) + 1);
    add(&request, ADDRESS_ORIGIN, &number, sizeof number);
    return talk(&request, NULL, NULL);
}

int clinux_address_remove(const char *link, const uint8_t *octets, size_t length) {
    struct request request;
    int result = begin_address(&request, RTM_DELADDR, 0, link, octets, length);
    return result < 0 ? result : talk(&request, NULL, NULL);
}

struct visitor {
    void (*visit)(void *, const struct clinux_link_address *);
    void *context;
};

static void visit_address(void *context, const struct nlmsghdr *message) {
    const struct visitor *visitor = context;
    if (message->nlmsg_type != RTM_NEWADDR) return;
    const struct ifaddrmsg *body = NLMSG_DATA(message);
    const struct rtattr *attributes = IFA_RTA(body);
    int rest = (int)IFA_PAYLOAD(message);
    struct clinux_link_address found = {.length = body->ifa_family == AF_INET ? 4 : 16,
                                        .prefix_length = body->ifa_prefixlen};
    // On a point-to-point link IFA_ADDRESS is the other end's.
    const void *octets = find(attributes, rest, IFA_LOCAL, found.length);
    if (!octets) octets = find(attributes, rest, IFA_ADDRESS, found.length);
    if (!octets || (body->ifa_family != AF_INET && body->ifa_family != AF_INET6)) return;
    if (!if_indextoname(body->ifa_index, found.link)) return;
    memcpy(found.octets, octets, found.length);
    const char *label = find(attributes, rest, IFA_LABEL, 1);
    if (label) snprintf(found.label, sizeof found.label, "%s", label);
    const uint8_t *origin = find(attributes, rest, ADDRESS_ORIGIN, 1);
    if (origin) found.origin = *origin;
    visitor->visit(visitor->context, &found);
}

int clinux_link_addresses(void (*visit)(void *, const struct clinux_link_address *), void *context) {
    struct request request;
    struct visitor visitor = {visit, context};
    begin(&request, RTM_GETADDR, NLM_F_DUMP, sizeof request.address);
    request.address.ifa_family = AF_UNSPEC;
    return talk(&request, visit_address, &visitor);
}

int clinux_may_configure_network(void) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct sets[2] = {0};
    if (syscall(SYS_capget, &header, sets) < 0) return 0;
    return (sets[0].effective >> CAP_NET_ADMIN & 1) != 0;
}

int clinux_take_name(const char *name) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(name);
    if (length + 1 > sizeof address.sun_path) return -ENAMETOOLONG;
    // A path that starts with NUL is a name of the network namespace, not of a file.
    memcpy(address.sun_path + 1, name, length);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -errno;
    if (bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 1 + length) < 0) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}
