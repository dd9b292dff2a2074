#ifndef CLUSTERDNS_FUZZER_H
#define CLUSTERDNS_FUZZER_H

#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer with the flags of its command line, an input a call of `callback`; does not return as a rule.
int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*callback)(const uint8_t *octets, size_t count));

/// Octets of heap memory in use now, of the whole process.
size_t fuzzer_heap_octets(void);

#endif
