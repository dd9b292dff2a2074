// A query as octets, from a name and a type.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "fail.h"

enum { max_query_size = 320 };

struct query {
  uint16_t size;
  uint8_t octets[max_query_size];
};

static int type_number(const char *type) {
  static const struct { const char *name; int number; } types[] = {
      {"A", 1}, {"NS", 2}, {"CNAME", 5}, {"SOA", 6}, {"PTR", 12}, {"MX", 15}, {"TXT", 16}, {"AAAA", 28}, {"SRV", 33}, {"ANY", 255}};
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strcmp(types[i].name, type) == 0) return types[i].number;
  fail("unknown type in the query file", type);
  return 0;
}

// Writes the question (and OPT) for `name` (consumed) into `query`; the ID is filled in when it is sent.
static void build_query(struct query *query, char *name, int type, bool edns) {
  static const uint8_t opt[11] = {0, 0, 41, 1232 >> 8, 1232 & 255, 0, 0, 0, 0, 0, 0};
  uint8_t *octets = query->octets;
  size_t at = 12;
  memset(octets, 0, 12);
  octets[2] = 1;  // RD, as every stub resolver sends it
  octets[5] = 1;
  octets[11] = edns;
  for (char *label; (label = strsep(&name, "."));) {
    size_t length = strlen(label);
    if (length == 0) continue;
    if (length > 63 || at + length > 260) fail("a name in the query file is too long near", label);
    octets[at++] = (uint8_t)length;
    memcpy(octets + at, label, length);
    at += length;
  }
  const uint8_t tail[5] = {0, (uint8_t)(type >> 8), (uint8_t)type, 0, 1};
  memcpy(octets + at, tail, sizeof tail);
  at += sizeof tail;
  if (edns) memcpy(octets + at, opt, sizeof opt), at += sizeof opt;
  query->size = (uint16_t)at;
}
