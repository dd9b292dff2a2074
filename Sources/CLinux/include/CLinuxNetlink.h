// Links and addresses of this machine over rtnetlink(7), and names that live as long as the process that holds them.
#ifndef CLINUX_NETLINK_H
#define CLINUX_NETLINK_H

#include <stddef.h>
#include <stdint.h>

/// An address of a link; the strings end with NUL.
struct clinux_link_address {
    /// The name of the link (`nodelocaldns`), and what the address is labelled (`lo:clusterdns`; IPv4 only).
    char link[16], label[16];
    /// 4 or 16 octets, `length` of them.
    uint8_t octets[16];
    size_t length;
    int prefix_length;
    /// Who added it, as far as it said so (IFA_PROTO, since Linux 5.18); else 0.
    int origin;
};

/// Creates a link of a kind (`dummy`) and brings it up; a link of that name that is there already is brought up.
/// Returns 0, or -errno: -EOPNOTSUPP where this kernel does not have the kind, -EPERM without CAP_NET_ADMIN.
int clinux_link_create(const char *name, const char *kind);

/// Deletes the link if it is of the kind and has no address left but link-local ones of IPv6; 1 when it did, 0 when it
/// did not, or -errno.
int clinux_link_delete_unused(const char *name, const char *kind);

/// Adds an address of 4 or 16 octets with a prefix of its full length; `label` (or NULL) is for IPv4, `origin` for both.
/// Returns 0, or -errno: -EEXIST when the link has it, -ENODEV when there is no such link.
int clinux_address_add(const char *link, const uint8_t *octets, size_t length, const char *label, int origin);

/// Takes the address away again; returns 0, or -errno: -EADDRNOTAVAIL when the link does not have it.
int clinux_address_remove(const char *link, const uint8_t *octets, size_t length);

/// Calls `visit` for every address of every link; returns 0 or -errno.
int clinux_link_addresses(void (*visit)(void *context, const struct clinux_link_address *address), void *context);

/// 1 when the process may change links and addresses: CAP_NET_ADMIN is in its effective set.
int clinux_may_configure_network(void);

/// Takes a name that one socket of this network namespace can have at a time (unix(7), abstract); the kernel frees it
/// with the process. Returns a descriptor to close, or -errno: -EADDRINUSE while somebody has it.
int clinux_take_name(const char *name);

#endif
