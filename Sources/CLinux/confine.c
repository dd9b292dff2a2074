#define _GNU_SOURCE
#include "CLinuxConfine.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdbool.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define GROUPS_MAX 256
#define CAPABILITIES_MAX 64

int clinux_thread_count(void) {
    DIR *tasks = opendir("/proc/self/task");
    if (!tasks) return -errno;
    int count = 0;
    for (struct dirent *entry; (entry = readdir(tasks));) count += entry->d_name[0] != '.';
    closedir(tasks);
    return count;
}

static int read_capabilities(struct __user_cap_data_struct data[2]) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(SYS_capget, &header, data) < 0 ? -errno : 0;
}

static int write_capabilities(const struct __user_cap_data_struct data[2]) {
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}

// What root may do as the owner of files alone: its effective capabilities are away for the moment.
static int access_as_plain_root(const char *path, int mode) {
    struct __user_cap_data_struct data[2], without[2];
    int error = read_capabilities(data);
    if (error < 0) return error;
    memcpy(without, data, sizeof data);
    without[0].effective = without[1].effective = 0;
    if (write_capabilities(without) < 0) return -ENOTSUP;
    int result = faccessat(AT_FDCWD, path, mode, AT_EACCESS) < 0 ? -errno : 0;
    error = write_capabilities(data);
    return error < 0 ? error : result;
}

// The real and the saved user stay root, which is the way back; capabilities go and come with the effective one.
int clinux_access_as(uid_t user, gid_t group, const gid_t *groups, size_t count, const char *path, int mode) {
    if (user == 0) return access_as_plain_root(path, mode);
    gid_t before[GROUPS_MAX];
    int before_count = getgroups(GROUPS_MAX, before);
    gid_t own_group = getegid();
    uid_t own_user = geteuid();
    if (before_count < 0 || setgroups(count, groups) < 0) return -ENOTSUP;
    int result = 0;
    if (setresgid(-1, group, -1) < 0 || setresuid(-1, user, -1) < 0) result = -ENOTSUP;
    if (result == 0 && faccessat(AT_FDCWD, path, mode, AT_EACCESS) < 0) result = -errno;
    if (setresuid(-1, own_user, -1) < 0 || setresgid(-1, own_group, -1) < 0 ||
        setgroups((size_t)before_count, before) < 0)
        return -errno;
    return result;
}

int clinux_become(uid_t user, gid_t group, const gid_t *groups, size_t count, uint64_t kept) {
    gid_t before[GROUPS_MAX];
    int before_count = getgroups(GROUPS_MAX, before);
    gid_t own_group = getegid();
    if (before_count < 0 || prctl(PR_SET_KEEPCAPS, 1) < 0 || setgroups(count, groups) < 0) return -errno;
    if (setresgid(group, group, group) < 0 || setresuid(user, user, user) < 0) {
        int error = errno;
        if (setresgid(own_group, own_group, own_group) < 0 || setgroups((size_t)before_count, before) < 0) return -errno;
        prctl(PR_SET_KEEPCAPS, 0);
        return -error;
    }
    prctl(PR_SET_KEEPCAPS, 0);
    // The permitted set outlived the change; now the effective one may be had again.
    return clinux_keep_capabilities(kept | 1ull << CAP_SETPCAP, 0);
}

static void bound_programs(uint64_t kept) {
    for (int number = 0; number < CAPABILITIES_MAX; number++)
        // Without CAP_SETPCAP the bound stays; no_new_privs then keeps programs from gaining by it.
        if (!(kept >> number & 1) && prctl(PR_CAPBSET_READ, number) == 1) prctl(PR_CAPBSET_DROP, number);
}

int clinux_keep_capabilities(uint64_t kept, uint64_t inherited) {
    struct __user_cap_data_struct data[2];
    int error = read_capabilities(data);
    if (error < 0) return error;
    bound_programs(kept);
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
    for (int half = 0; half < 2; half++) {
        data[half].permitted &= (uint32_t)(kept >> 32 * half);
        data[half].effective = data[half].permitted;
        data[half].inheritable = data[half].permitted & (uint32_t)(inherited >> 32 * half);
    }
    error = write_capabilities(data);
    if (error < 0) return error;
    for (int number = 0; number < CAPABILITIES_MAX; number++)
        if (data[number / 32].inheritable >> number % 32 & 1)
            if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, number, 0, 0) < 0) return -errno;
    return 0;
}

int clinux_seal_process(void) {
    struct rlimit none = {0, 0};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_DUMPABLE, 0) < 0 || setrlimit(RLIMIT_CORE, &none) < 0)
        return -errno;
    return 0;
}

// Landlock (landlock(7)). The headers may be older than the kernel, so that its numbers stand here.
enum {
    WRITE_FILE = 1 << 1,
    REMOVE_DIRECTORY = 1 << 4,
    REMOVE_FILE = 1 << 5,
    MAKE_CHARACTER_DEVICE = 1 << 6,
    MAKE_DIRECTORY = 1 << 7,
    MAKE_FILE = 1 << 8,
    MAKE_SOCKET = 1 << 9,
    MAKE_FIFO = 1 << 10,
    MAKE_BLOCK_DEVICE = 1 << 11,
    MAKE_LINK = 1 << 12,
    REFER = 1 << 13,
    TRUNCATE = 1 << 14,
    SCOPE_SIGNAL = 1 << 1,
};
#define CREATE_RULESET 444
#define ADD_RULE 445
#define RESTRICT_SELF 446
#define RULE_PATH_BENEATH 1

struct ruleset {
    uint64_t files, network, scoped;
};

struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

static int allow_beneath(int rules, const char *path, uint64_t allowed) {
    struct path_rule rule = {allowed, open(path, O_PATH | O_CLOEXEC)};
    if (rule.parent < 0) return 0;
    int result = syscall(ADD_RULE, rules, RULE_PATH_BENEATH, &rule, 0) < 0 ? -errno : 0;
    close(rule.parent);
    return result;
}

int clinux_restrict_writes(const char *const *directories, size_t count) {
    long version = syscall(CREATE_RULESET, NULL, 0, 1);
    if (version < 0) return -errno;
    struct ruleset ruleset = {WRITE_FILE | REMOVE_DIRECTORY | REMOVE_FILE | MAKE_CHARACTER_DEVICE | MAKE_DIRECTORY |
                                  MAKE_FILE | MAKE_SOCKET | MAKE_FIFO | MAKE_BLOCK_DEVICE | MAKE_LINK,
                              0, 0};
    if (version >= 2) ruleset.files |= REFER;
    if (version >= 3) ruleset.files |= TRUNCATE;
    if (version >= 6) ruleset.scoped = SCOPE_SIGNAL;
    size_t size = version >= 6 ? sizeof ruleset : sizeof ruleset.files;
    int rules = (int)syscall(CREATE_RULESET, &ruleset, size, 0);
    if (rules < 0) return -errno;
    int result = allow_beneath(rules, "/dev/null", (WRITE_FILE | TRUNCATE) & ruleset.files);
    for (size_t index = 0; index < count && result == 0; index++)
        result = allow_beneath(rules, directories[index], (WRITE_FILE | REMOVE_FILE | MAKE_FILE | TRUNCATE) & ruleset.files);
    if (result == 0 && syscall(RESTRICT_SELF, rules, 0) < 0) result = -errno;
    close(rules);
    return result;
}
