// What Swift has no word for: hints to the processor about memory.
#ifndef CMEMORY_H
#define CMEMORY_H

/// Begins to fetch the cache line at `address`, which need not be mapped, and does not wait for it.
static inline void cmemory_prefetch(const void *address) { __builtin_prefetch(address); }

#endif
