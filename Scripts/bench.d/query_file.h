// The queries to send, read from a file of "NAME TYPE" lines. Included by udpload.c, once.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fail.h"

enum { max_queries = 1 << 20, max_query_size = 320 };

struct query {
  uint16_t size;
  uint8_t octets[max_query_size];
};

static struct query *queries;
static size_t query_count;

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

// Puts the lines "NAME TYPE" of the file at `path` into `queries`, in an order that `seed` decides.
static void read_queries(const char *path, unsigned seed, bool edns) {
  char name[256], type[16];
  FILE *file = fopen(path, "r");
  if (!file) fail("cannot read the query file", path);
  queries = malloc(sizeof *queries * max_queries);
  if (!queries) fail("out of memory", NULL);
  while (query_count < max_queries && fscanf(file, "%255s %15s", name, type) == 2)
    build_query(&queries[query_count++], name, type_number(type), edns);
  fclose(file);
  if (query_count == 0) fail("the query file holds no \"NAME TYPE\" line", path);
  srandom(seed);
  for (size_t i = query_count - 1; i > 0; i--) {
    size_t other = (size_t)random() % (i + 1);
    struct query kept = queries[i];
    queries[i] = queries[other];
    queries[other] = kept;
  }
}

static bool queries_have_one_size(void) {
  for (size_t i = 1; i < query_count; i++)
    if (queries[i].size != queries[0].size) return false;
  return true;
}
