// Runs a program of the system to its end.
#ifndef CLINUX_TOOL_H
#define CLINUX_TOOL_H

#include <stddef.h>
#include <stdint.h>

/// Runs the program at `path` with the words of `arguments` behind its name, `input` as its standard input.
///
/// Returns its exit status, 128 + N where signal N ended it, or -errno; -ETIMEDOUT after `timeout_ms`, when it is killed.
/// `complaint` takes what it wrote on standard error, cut to `size` octets with the NUL behind.
int clinux_run_tool(const char *path, const char *arguments, const uint8_t *input, size_t length, int timeout_ms,
                    char *complaint, size_t size);

#endif
