// Rights a process gives up for good. Most of them belong to a thread, so all of this is for a process that has one.
#ifndef CLINUX_CONFINE_H
#define CLINUX_CONFINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Threads of this process, or -errno.
int clinux_thread_count(void);

/// Whether `user` may do what `mode` says (R_OK, W_OK, X_OK of access(2)) with `path`; 0 or -errno. Needs root, and gives
/// it back; -ENOTSUP where this process cannot become another user. Root is asked about without its capabilities.
int clinux_access_as(uid_t user, gid_t group, const gid_t *groups, size_t count, const char *path, int mode);

/// Becomes another user, with these groups and no others, and keeps the capabilities of `kept` that it has (one bit each,
/// as in /proc/PID/status). Returns 0, or -errno and then the user is the one before: -EPERM without CAP_SETUID and
/// CAP_SETGID, -EINVAL where this user namespace does not have the user.
int clinux_become(uid_t user, gid_t group, const gid_t *groups, size_t count, uint64_t kept);

/// Gives up every capability but those of `kept`, also as a bound for programs that are run; those of `inherited`, which
/// are among them, go to those programs. Returns 0 or -errno.
int clinux_keep_capabilities(uint64_t kept, uint64_t inherited);

/// No program that is run has more rights than this one (no_new_privs), and no memory is written to a core file or read by
/// a debugger of the same user. Returns 0 or -errno.
int clinux_seal_process(void);

/// Nothing can be written, made, renamed or deleted but below `directories` and in /dev/null, and no process outside gets
/// a signal (Landlock; descriptors that are open stay as they are). Returns 0, or -errno: -ENOSYS or -EOPNOTSUPP where the
/// kernel does not have it. Directories that cannot be opened are left out.
int clinux_restrict_writes(const char *const *directories, size_t count);

/// Refuses what no DNS server asks of a kernel: tracing, mounting, modules, keys, namespaces, other families of sockets
/// (seccomp, for all threads); without `allows_programs` also running a program and making memory executable. Calls newer
/// than this list do not exist for the process. Returns 0 or -errno.
int clinux_filter_system_calls(int allows_programs);

#endif
