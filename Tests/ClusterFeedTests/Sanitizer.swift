import Glibc

/// Whether the thread or the address sanitizer is built in, which takes several times the memory.
enum Sanitizer {
    static let isThere = dlsym(nil, "__tsan_init") != nil || dlsym(nil, "__asan_init") != nil
}
