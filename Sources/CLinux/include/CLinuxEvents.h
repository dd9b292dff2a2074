// What a resolver lane needs of the kernel: events, sockets to upstreams, replies to clients whose batch is long gone.
#ifndef CLINUX_EVENTS_H
#define CLINUX_EVENTS_H

#include <stddef.h>
#include <stdint.h>

struct clinux_batch;

/// Octets of an envelope: a client's address, and the control data that a reply leaves from the right address with.
#define CLINUX_ENVELOPE 160
/// Events taken at once.
#define CLINUX_EVENTS 64

/// Copies what is needed to reply to message `index` later; `envelope` has CLINUX_ENVELOPE octets.
void clinux_batch_envelope(struct clinux_batch *batch, int index, uint8_t *envelope);
/// Sends one reply; returns 0 or -errno.
int clinux_envelope_send(int socket, const uint8_t *envelope, const uint8_t *octets, size_t length);

/// An epoll instance, or -errno.
int clinux_epoll_create(void);
/// Watches `descriptor` for input; `token` comes back with its events. Returns 0 or -errno.
int clinux_epoll_add(int epoll, int descriptor, uint64_t token);
/// Waits at most `milliseconds` (-1: without end); fills `tokens`, which has CLINUX_EVENTS places; returns how many.
int clinux_epoll_wait(int epoll, uint64_t *tokens, int milliseconds);

/// A counter that wakes an epoll, or -errno.
int clinux_eventfd(void);
void clinux_eventfd_signal(int descriptor);
void clinux_eventfd_clear(int descriptor);

/// A UDP socket connected to an upstream, from a random port; addresses have 4 or 16 octets, a source of 0 octets is the
/// kernel's choice, `zone` is an interface's name or empty. Returns the descriptor, or -errno; -EMFILE where only those of
/// the reserve are left.
int clinux_upstream_socket(const uint8_t *address, size_t address_length, uint16_t port, const char *zone,
                           const uint8_t *source, size_t source_length);
/// Connects such a socket again, from another random port; 0 or -errno.
int clinux_upstream_connect(int descriptor, const uint8_t *address, size_t address_length, uint16_t port,
                            const char *zone);
/// Takes peer and port from it, so that nothing reaches it and its port is anyone's; 0 or -errno.
int clinux_upstream_disconnect(int descriptor);

/// Raises the limit on descriptors to the most this process may have; returns that limit.
uint64_t clinux_raise_descriptor_limit(void);
/// Whether clients have taken nearly all descriptors that this process may have: 0 no, 1 only the last few are left (an
/// eighth of the limit, at least 8 and at most 64), 2 half of those are taken too.
int clinux_descriptor_shortage(void);

#endif
