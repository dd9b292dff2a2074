/// Counts the heap allocations of one thread: this library's malloc and its kin stand in front of glibc's.
#ifndef MALLOC_COUNTER_H
#define MALLOC_COUNTER_H

/// Starts counting in the calling thread, from 0.
void malloc_counter_start(void);

/// Stops counting in the calling thread; returns the allocations since the start.
unsigned long malloc_counter_stop(void);

#endif
