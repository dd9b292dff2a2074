#include "fuzzer.h"

#include <malloc.h>

// There only in a program that the address sanitizer watches, whose heap is not the C library's.
__attribute__((weak)) size_t __sanitizer_get_current_allocated_bytes(void);

size_t fuzzer_heap_octets(void) {
    if (__sanitizer_get_current_allocated_bytes) return __sanitizer_get_current_allocated_bytes();
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}
