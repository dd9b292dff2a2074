// The CPU time of other processes, from /proc. Included once by a program that measures.
#pragma once
#include <dirent.h>
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

// The sum over the threads the process has now; ends the program where there is no such process.
static uint64_t process_nanoseconds(const char *pid) {
  char path[64];
  uint64_t total = 0;
  snprintf(path, sizeof path, "/proc/%.20s/task", pid);
  DIR *threads = opendir(path);
  if (!threads) fail("no process", pid);
  for (struct dirent *entry; (entry = readdir(threads));)
    if (entry->d_name[0] != '.') total += thread_nanoseconds(pid, entry->d_name);
  closedir(threads);
  return total;
}

// Seconds of all the processes in `pids`, which has commas between them; 0 for NULL.
static double cpu_seconds(const char *pids) {
  char copy[256], *rest = copy;
  uint64_t total = 0;
  if (!pids) return 0;
  snprintf(copy, sizeof copy, "%s", pids);
  for (char *pid; (pid = strsep(&rest, ","));)
    if (*pid) total += process_nanoseconds(pid);
  return (double)total * 1e-9;
}
