// What every reply must say, so that no run counts refusals or empty answers as work done.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "fail.h"

struct expectation {
  bool given;
  unsigned rcode, answers, additional;
};

// Reads "RCODE,ANSWERS" or "RCODE,ANSWERS,ADDITIONAL".
static struct expectation read_expectation(const char *text) {
  struct expectation expected = {.given = true};
  if (sscanf(text, "%u,%u,%u", &expected.rcode, &expected.answers, &expected.additional) < 2)
    fail("--expect is RCODE,ANSWERS[,ADDITIONAL], all numbers, not", text);
  return expected;
}

// Whether a reply of at least 12 octets is whole (no TC), has that RCODE and number of answers, and at least so many
// additional records. Says what is wrong with the first that is not.
static bool is_expected(const struct expectation *expected, const uint8_t *reply) {
  static bool said;
  unsigned rcode = reply[3] & 15, answers = (unsigned)(reply[6] << 8 | reply[7]);
  unsigned additional = (unsigned)(reply[10] << 8 | reply[11]);
  bool truncated = reply[2] & 2;
  if (!expected->given) return true;
  if (!truncated && rcode == expected->rcode && answers == expected->answers && additional >= expected->additional)
    return true;
  if (!said)
    fprintf(stderr, "%s: a reply has RCODE %u, %u answers, %u additional records%s; wanted: RCODE %u, %u answers, %u\n",
            program_invocation_short_name, rcode, answers, additional, truncated ? " and TC" : "", expected->rcode,
            expected->answers, expected->additional);
  said = true;
  return false;
}
