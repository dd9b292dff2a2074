// Sections of responses as lines of text, to be compared. Included once.
#pragma once
#include <ldns/ldns.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { line_count_max = 256 };

// The serial of a SOA depends on when the zone was written.
static void blank_serial(ldns_rr *record) {
  if (ldns_rr_get_type(record) != LDNS_RR_TYPE_SOA || ldns_rr_rd_count(record) < 3) return;
  ldns_rdf_deep_free(ldns_rr_set_rdf(record, ldns_native2rdf_int32(LDNS_RDF_TYPE_INT32, 0), 2));
}

static int by_text(const void *left, const void *right) { return strcmp(*(char *const *)left, *(char *const *)right); }

// The records of a section as text, names in lower case, lines in order and each once.
struct lines {
  char *texts[line_count_max];
  size_t count;
};

static void describe(const ldns_rr_list *list, struct lines *lines) {
  lines->count = 0;
  for (size_t i = 0; i < ldns_rr_list_rr_count(list) && lines->count < line_count_max; i++) {
    ldns_rr *record = ldns_rr_clone(ldns_rr_list_rr(list, i));
    ldns_rr2canonical(record);
    blank_serial(record);
    lines->texts[lines->count++] = ldns_rr2str(record);
    ldns_rr_free(record);
  }
  qsort(lines->texts, lines->count, sizeof *lines->texts, by_text);
  // A section is a set: what one server says twice says no more.
  size_t kept = 0;
  for (size_t i = 0; i < lines->count; i++)
    if (kept > 0 && strcmp(lines->texts[i], lines->texts[kept - 1]) == 0)
      free(lines->texts[i]);
    else
      lines->texts[kept++] = lines->texts[i];
  lines->count = kept;
}

static void release(struct lines *lines) {
  for (size_t i = 0; i < lines->count; i++) free(lines->texts[i]);
}

static bool has_line(const struct lines *lines, const char *text) {
  for (size_t i = 0; i < lines->count; i++)
    if (strcmp(lines->texts[i], text) == 0) return true;
  return false;
}

// The types of the records that only one has, each once, in order.
static void list_types(char *at, const struct lines *own, const struct lines *others) {
  static char types[line_count_max][32];
  char *places[line_count_max];
  size_t count = 0;
  for (size_t i = 0; i < own->count; i++)
    if (!has_line(others, own->texts[i]) && sscanf(own->texts[i], "%*s %*s %*s %31s", types[count]) == 1)
      places[count] = types[count], count++;
  qsort(places, count, sizeof *places, by_text);
  *at = 0;
  for (size_t i = 0; i < count; i++)
    if (i == 0 || strcmp(places[i], places[i - 1]) != 0) at += sprintf(at, "%s%s", i > 0 ? "," : "", places[i]);
}
