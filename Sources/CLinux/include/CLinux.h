// System calls and macros that Swift's Glibc module hides: batches of datagrams, their control data, CPU affinity.
#ifndef CLINUX_H
#define CLINUX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "CLinuxConfine.h"
#include "CLinuxEvents.h"
#include "CLinuxNetlink.h"
#include "CLinuxTool.h"

/// Messages a batch holds.
#define CLINUX_BATCH 64
/// Octets of one receive or send slot.
#define CLINUX_SLOT 4096

/// Memory for one batch of datagrams: what came in, what goes out, and the kernel's headers for both.
struct clinux_batch;

/// Allocates a batch. With `wants_local_address` each response leaves from the address its query came to
/// (IP_PKTINFO, IPV6_PKTINFO). Returns NULL when there is no memory.
struct clinux_batch *clinux_batch_create(int wants_local_address);
void clinux_batch_destroy(struct clinux_batch *batch);

/// Waits for one datagram and takes as many as are there, at most CLINUX_BATCH; returns their number, or -errno.
/// With `flags` MSG_DONTWAIT it does not wait.
int clinux_batch_receive(struct clinux_batch *batch, int socket, int flags);

uint8_t *clinux_batch_query(struct clinux_batch *batch, int index, size_t *length);
/// Where the next response is written: CLINUX_SLOT octets.
uint8_t *clinux_batch_response(struct clinux_batch *batch);
/// The sender: its family (AF_INET or AF_INET6), port, and address octets (4 or 16; an IPv4-mapped address as IPv4).
int clinux_batch_sender(struct clinux_batch *batch, int index, uint8_t address[16], uint16_t *port);
/// True when the kernel cut the datagram because it was longer than a slot.
int clinux_batch_is_cut(struct clinux_batch *batch, int index);
/// Queues the `length` octets of the response that was written, for the sender of message `index`; once a message.
void clinux_batch_respond(struct clinux_batch *batch, int index, size_t length);
/// Sends all queued responses, those for one client and port together (UDP_SEGMENT) where their lengths allow it, so
/// that the way through the kernel is gone once; returns how many the kernel refused.
int clinux_batch_send(struct clinux_batch *batch, int socket);

/// A bound UDP socket with SO_REUSEPORT; `address` has 4 or 16 octets, or none for every local address (one dual-stack
/// socket, IPv4 only where IPv6 is off). Returns the descriptor or -errno.
int clinux_udp_socket(const uint8_t *address, size_t address_length, uint16_t port, int receive_buffer, int timeout_ms);

/// 0 when nobody holds the port at that address, else -errno; `type` is SOCK_DGRAM for UDP or SOCK_STREAM for TCP,
/// `address_length` 0 means every local address.
int clinux_port_is_free(int type, const uint8_t *address, size_t address_length, uint16_t port);

/// What a socket is that another process opened: its type (SOCK_DGRAM, SOCK_STREAM), the address it is bound to (4 or
/// 16 octets, none for every local address) and the port. Returns 0, or -errno; -EPROTONOSUPPORT where it is no UDP
/// socket and no TCP socket that listens.
int clinux_bound_socket(int socket, int *type, uint8_t address[16], size_t *address_length, uint16_t *port);

/// Another descriptor for such a UDP socket, closed on exec, set up as `clinux_udp_socket` does; or -errno.
int clinux_adopt_udp_socket(int socket, int receive_buffer, int timeout_ms);

/// Another descriptor for the same socket, closed on exec; or -errno.
int clinux_duplicate(int descriptor);

/// Stops the kernel from delivering new datagrams to the socket while those queued stay readable; wakes a reader.
void clinux_udp_close_gate(int socket);

/// Sets how many octets of datagrams may wait in a socket; as many as the system allows where that is fewer.
void clinux_set_receive_buffer(int socket, int octets);

/// Names the calling thread; 15 octets at most count.
void clinux_name_thread(const char *name);

/// Asks the scheduler to run the calling thread soon and shortly (a slice of 100 us, sched_setattr(2), Linux 6.12): one that
/// wakes is not kept waiting for the slice of a thread that computes. Its share of the CPU stays as it is. What the
/// scheduler says does not matter: without it the thread waits a little longer.
void clinux_shorten_slice(void);

/// CPUs this process may run on (sched_getaffinity).
int clinux_cpu_count(void);

/// Limits malloc to `count` arenas: memory freed in one thread serves the others.
void clinux_limit_malloc_arenas(int count);

/// Gives memory that malloc holds and nobody uses back to the kernel.
void clinux_trim_heap(void);

/// Nanoseconds of the monotonic clock.
uint64_t clinux_monotonic_nanoseconds(void);

/// Interface addresses: calls `visit` with name and 4 or 16 octets for each; returns 0 or -errno.
int clinux_interfaces(void (*visit)(void *context, const char *name, const uint8_t *address, size_t length),
                      void *context);

#endif
