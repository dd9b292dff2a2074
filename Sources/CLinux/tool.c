#define _GNU_SOURCE
#include "CLinuxTool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ARGUMENTS_MAX 14
#define ARGUMENT_OCTETS_MAX 256
#define PAUSE_NS 1000000

extern char **environ;

// A file in memory: unlike a pipe it needs nobody at its other end.
static int memory_file(const uint8_t *octets, size_t length) {
    int fd = memfd_create("clusterdns", MFD_CLOEXEC);
    if (fd < 0) return -errno;
    for (size_t at = 0; at < length;) {
        ssize_t count = pwrite(fd, octets + at, length - at, (off_t)at);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) {
            close(fd);
            return -EIO;
        }
        at += (size_t)count;
    }
    return fd;
}

// Every signal as a program expects it: the caller's settings are for itself.
static int default_signals(posix_spawnattr_t *attributes) {
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(attributes, &all);
    posix_spawnattr_setsigmask(attributes, &none);
    return posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
}

static int start(const char *path, char *const *argv, int input, int complaint, pid_t *process) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    posix_spawn_file_actions_init(&files);
    posix_spawnattr_init(&attributes);
    posix_spawn_file_actions_adddup2(&files, input, 0);
    posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&files, complaint, 2);
    int error = default_signals(&attributes);
    if (error == 0) error = posix_spawn(process, path, &files, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return -error;
}

static int await_end(pid_t process, int timeout_ms) {
    static const struct timespec pause = {0, PAUSE_NS};
    int status = 0;
    for (long long passed = 0;; passed += PAUSE_NS) {
        pid_t ended = waitpid(process, &status, WNOHANG);
        if (ended == process) break;
        if (ended < 0 && errno != EINTR) return -errno;
        if (passed > timeout_ms * 1000000LL) {
            kill(process, SIGKILL);
            waitpid(process, &status, 0);
            return -ETIMEDOUT;
        }
        nanosleep(&pause, NULL);
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int clinux_run_tool(const char *path, const char *arguments, const uint8_t *input, size_t length, int timeout_ms,
                    char *complaint, size_t size) {
    char words[ARGUMENT_OCTETS_MAX], *rest = words, *argv[ARGUMENTS_MAX + 2] = {(char *)path};
    if (strlen(arguments) >= sizeof words || size == 0) return -E2BIG;
    complaint[0] = 0;
    strcpy(words, arguments);
    for (int count = 1; count <= ARGUMENTS_MAX && (argv[count] = strtok_r(rest, " ", &rest)); count++) continue;
    int in = memory_file(input, length), out = memory_file(NULL, 0);
    pid_t process;
    int result = in < 0 ? in : out < 0 ? out : start(path, argv, in, out, &process);
    if (result == 0) result = await_end(process, timeout_ms);
    ssize_t got = out < 0 ? 0 : pread(out, complaint, size - 1, 0);
    complaint[got > 0 ? got : 0] = 0;
    if (in >= 0) close(in);
    if (out >= 0) close(out);
    return result;
}
