// Ends the program with one sentence, status 2: wrong usage, or a machine that does not let us.
#pragma once
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, const char *detail) {
  fprintf(stderr, "%s: %s%s%s\n", program_invocation_short_name, what, detail ? ": " : "", detail ? detail : "");
  exit(2);
}
