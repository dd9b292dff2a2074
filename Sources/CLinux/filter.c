#define _GNU_SOURCE
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "CLinuxConfine.h"

#if defined(__x86_64__)
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#endif

// The last call that this list was made with (file_setattr, Linux 6.17). The libraries know what to do without newer ones;
// the numbers of the x32 ABI are larger too.
#define LAST_KNOWN 469
#define PROGRAM_MAX 512

// What the list lacks in older headers. Numbers since 424 are the same on every architecture.
#define NR_OPEN_TREE 428
#define NR_MOVE_MOUNT 429
#define NR_FSOPEN 430
#define NR_FSCONFIG 431
#define NR_FSMOUNT 432
#define NR_FSPICK 433
#define NR_CLONE3 435
#define NR_PIDFD_GETFD 438
#define NR_PROCESS_MADVISE 440
#define NR_MOUNT_SETATTR 442
#define NR_QUOTACTL_FD 443
#define NR_LSM_SET_SELF_ATTR 460
#define NR_OPEN_TREE_ATTR 467

#if defined(ARCHITECTURE)

// Refused with EPERM: nothing here has a use for them, and much of what breaks out of a process goes through them.
static const int refused[] = {
    // Memory, descriptors and state of other processes.
    SYS_ptrace, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, NR_PIDFD_GETFD, NR_PROCESS_MADVISE,
    SYS_move_pages, SYS_migrate_pages,
    // Mounts, roots, namespaces, files without a path.
    SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_setns, SYS_unshare, NR_OPEN_TREE, NR_OPEN_TREE_ATTR,
    NR_MOVE_MOUNT, NR_FSOPEN, NR_FSCONFIG, NR_FSMOUNT, NR_FSPICK, NR_MOUNT_SETATTR, SYS_open_by_handle_at,
    SYS_fanotify_init, SYS_quotactl, NR_QUOTACTL_FD, SYS_swapon, SYS_swapoff,
    // The kernel itself: its code, log, clock and names.
    SYS_init_module, SYS_finit_module, SYS_delete_module, SYS_kexec_load, SYS_bpf, SYS_perf_event_open, SYS_reboot,
    SYS_syslog, SYS_acct, SYS_settimeofday, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_sethostname,
    SYS_setdomainname, SYS_vhangup, NR_LSM_SET_SELF_ATTR,
    // Large or old parts of the kernel that attacks went through.
    SYS_userfaultfd, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_personality,
#ifdef SYS_lookup_dcookie
    SYS_lookup_dcookie,
#endif
#ifdef SYS_nfsservctl
    SYS_nfsservctl,
#endif
#ifdef SYS_kexec_file_load
    SYS_kexec_file_load,
#endif
#if defined(__x86_64__)
    SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat, SYS_sysfs, SYS__sysctl, SYS_create_module,
    SYS_get_kernel_syms, SYS_query_module,
#endif
};

// Answered with ENOSYS, so that a library takes the older way: clone3 hides its flags, io_uring goes around this filter.
static const int missing[] = {NR_CLONE3, SYS_io_uring_setup, SYS_io_uring_enter, SYS_io_uring_register};

struct program {
    struct sock_filter code[PROGRAM_MAX];
    unsigned short length;
};

static void add(struct program *program, unsigned short code, uint32_t value, uint8_t yes, uint8_t no) {
    if (program->length < PROGRAM_MAX)
        program->code[program->length++] = (struct sock_filter){code, yes, no, value};
}

static void load(struct program *program, size_t offset) { add(program, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0); }

static void end(struct program *program, int error) {
    add(program, BPF_RET | BPF_K, error ? SECCOMP_RET_ERRNO | (uint32_t)error : SECCOMP_RET_ALLOW, 0, 0);
}

static void refuse(struct program *program, int number, int error) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 1);
    end(program, error);
}

// Opens a part about one call, closed by `end_part`; the low half of argument `index` is loaded, as all flags lie there.
static unsigned short begin_part(struct program *program, int number, int index) {
    add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)number, 0, 0);
    load(program, offsetof(struct seccomp_data, args) + sizeof(uint64_t) * (size_t)index);
    return (unsigned short)(program->length - 2);
}

// Allows what came this far, and leads other calls past the part.
static void end_part(struct program *program, unsigned short start) {
    end(program, 0);
    program->code[start].jf = (uint8_t)(program->length - start - 1);
}

// Only sockets of the Internet, of this machine, and those that name its interfaces.
static void filter_sockets(struct program *program) {
    static const int families[] = {AF_UNIX, AF_INET, AF_INET6, AF_NETLINK};
    unsigned short start = begin_part(program, SYS_socket, 0);
    for (size_t index = 0; index < sizeof families / sizeof *families; index++) {
        add(program, BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)families[index], 0, 1);
        end(program, 0);
    }
    end(program, EAFNOSUPPORT);
    program->code[start].jf = (uint8_t)(program->length - start - 1);
}

// Processes and threads, but no namespaces.
static void filter_clone(struct program *program) {
    unsigned short start = begin_part(program, SYS_clone, 0);
    add(program, BPF_JMP | BPF_JSET | BPF_K,
        CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP, 0, 1);
    end(program, EPERM);
    end_part(program, start);
}

// Whoever started the server by hand has a terminal, which takes what is pushed into it as typed (CVE-2016-2568).
static void filter_terminal(struct program *program) {
    static const uint32_t requests[] = {TIOCSTI, 0x541c /* TIOCLINUX */};
    unsigned short start = begin_part(program, SYS_ioctl, 1);
    for (size_t index = 0; index < sizeof requests / sizeof *requests; index++) {
        add(program, BPF_JMP | BPF_JEQ | BPF_K, requests[index], 0, 1);
        end(program, EPERM);
    }
    end_part(program, start);
}

// No memory becomes code that was written at run time; libraries are mapped executable and not writable.
static void filter_code(struct program *program) {
    static const int protecting[] = {SYS_mprotect, SYS_pkey_mprotect};
    for (size_t index = 0; index < sizeof protecting / sizeof *protecting; index++) {
        unsigned short start = begin_part(program, protecting[index], 2);
        add(program, BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 0, 1);
        end(program, EPERM);
        end_part(program, start);
    }
    unsigned short start = begin_part(program, SYS_mmap, 2);
    add(program, BPF_ALU | BPF_AND | BPF_K, PROT_EXEC | PROT_WRITE, 0, 0);
    add(program, BPF_JMP | BPF_JEQ | BPF_K, PROT_EXEC | PROT_WRITE, 0, 1);
    end(program, EPERM);
    end_part(program, start);
}

int clinux_filter_system_calls(int allows_programs) {
    struct program program = {.length = 0};
    load(&program, offsetof(struct seccomp_data, arch));
    add(&program, BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0);
    end(&program, ENOSYS);
    load(&program, offsetof(struct seccomp_data, nr));
    add(&program, BPF_JMP | BPF_JGT | BPF_K, LAST_KNOWN, 0, 1);
    end(&program, ENOSYS);
    for (size_t index = 0; index < sizeof refused / sizeof *refused; index++) refuse(&program, refused[index], EPERM);
    for (size_t index = 0; index < sizeof missing / sizeof *missing; index++) refuse(&program, missing[index], ENOSYS);
    if (!allows_programs) {
        refuse(&program, SYS_execve, EPERM);
        refuse(&program, SYS_execveat, EPERM);
        filter_code(&program);
    }
    filter_sockets(&program);
    filter_clone(&program);
    filter_terminal(&program);
    end(&program, 0);
    struct sock_fprog filter = {program.length, program.code};
    long result = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &filter);
    // A positive number names a thread that has a filter of its own.
    return result < 0 ? -errno : result > 0 ? -EBUSY : 0;
}

#else

int clinux_filter_system_calls(int allows_programs) {
    (void)allows_programs;
    return -ENOSYS;
}

#endif
