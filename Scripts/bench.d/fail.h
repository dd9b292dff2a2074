// Ends the program with one sentence, status 2: wrong usage, or a machine that does not let us.
#pragma once
#include <stdio.h>
#include <stdlib.h>

static void fail(const char *what, const char *detail) {
  fprintf(stderr, "udpload: %s%s%s\n", what, detail ? ": " : "", detail ? detail : "");
  exit(2);
}
