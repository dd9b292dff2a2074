// The CPU time of other processes, from /proc. Included once by a program that measures.
#pragma once
#include <dirent.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "fail.h"

// Nanoseconds one thread has run: the first number of its schedstat file, 0 for a thread that is gone.
static uint64_t thread_nanoseconds(const char *pid, const char *thread) {
  char path[128];
  unsigned long long nanoseconds = 0;
  snprintf(path, sizeof path, "/proc/%.20s/task/%.20s/schedstat", pid, thread);
  FILE *file = fopen(path, "r");
  if (!file) return 0;
  if (fscanf(file, "%llu", &nanoseconds) != 1) nanoseconds = 0;
  fclose(file);
  return nanoseconds;
}

// Whether the thread's name begins with `prefix`; true for NULL.
static bool is_named(const char *pid, const char *thread, const char *prefix) {
  char path[128], name[32] = "";
  if (!prefix) return true;
  snprintf(path, sizeof path, "/proc/%.20s/task/%.20s/comm", pid, thread);
  FILE *file = fopen(path, "r");
  if (!file) return false;
  if (!fgets(name, sizeof name, file)) name[0] = 0;
  fclose(file);
  return strncmp(name, prefix, strlen(prefix)) == 0;
}

// The sum over the threads the process has now, or those with such names; ends the program where there is no such process.
static uint64_t process_nanoseconds(const char *pid, const char *prefix) {
  char path[64];
  uint64_t total = 0;
  snprintf(path, sizeof path, "/proc/%.20s/task", pid);
  DIR *threads = opendir(path);
  if (!threads) fail("no process", pid);
  for (struct dirent *entry; (entry = readdir(threads));)
    if (entry->d_name[0] != '.' && is_named(pid, entry->d_name, prefix)) total += thread_nanoseconds(pid, entry->d_name);
  closedir(threads);
  return total;
}

// Seconds of those threads of the processes in `pids`, which has commas between them, whose names begin with `prefix`.
static double thread_cpu_seconds(const char *pids, const char *prefix) {
  char copy[256], *rest = copy;
  uint64_t total = 0;
  if (!pids) return 0;
  snprintf(copy, sizeof copy, "%s", pids);
  for (char *pid; (pid = strsep(&rest, ","));)
    if (*pid) total += process_nanoseconds(pid, prefix);
  return (double)total * 1e-9;
}

// Seconds of all the processes in `pids`; 0 for NULL.
static double cpu_seconds(const char *pids) { return thread_cpu_seconds(pids, NULL); }
