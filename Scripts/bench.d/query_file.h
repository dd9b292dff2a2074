// The queries to send, read from a file of "NAME TYPE" lines. Included once by each load generator.
#pragma once
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "fail.h"
#include "query.h"

enum { max_queries = 1 << 20 };

static struct query *queries;
static size_t query_count;

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

// Not every program that includes this asks.
__attribute__((unused)) static bool queries_have_one_size(void) {
  for (size_t i = 1; i < query_count; i++)
    if (queries[i].size != queries[0].size) return false;
  return true;
}
