// What has to be answered, read from lines "NAME TYPE RCODE [RDATA]...", and whether a response is that.
#pragma once
#include <arpa/inet.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.d/fail.h"
#include "../bench.d/query.h"

enum { max_questions = 65536, max_rdata = 32, wrong_told_max = 20 };

struct right_answer {
  unsigned rcode, count;
  uint8_t size, rdata[max_rdata][16];
  int next;  // another right answer to the same question; -1 for none
};

struct question {
  char name[256], type_name[16];
  int type, answers;
};

static struct question *questions_asked;
static struct right_answer *right_answers;
static unsigned questions_count, answers_count;

static void read_rdata(struct right_answer *answer, const char *text, int type) {
  answer->size = type == 28 ? 16 : 4;
  if (answer->count == max_rdata || inet_pton(type == 28 ? AF_INET6 : AF_INET, text, answer->rdata[answer->count]) != 1)
    fail("no address, or too many in a line", text);
  answer->count++;
}

static unsigned rcode_number(const char *name) {
  static const char *const rcodes[] = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED"};
  for (unsigned i = 0; i < 6; i++)
    if (strcmp(rcodes[i], name) == 0) return i;
  fail("unknown RCODE", name);
  return 0;
}

static void read_questions(const char *path) {
  char line[2048];
  FILE *file = fopen(path, "r");
  if (!file) fail("cannot read the questions", path);
  questions_asked = calloc(max_questions, sizeof *questions_asked);
  right_answers = calloc(max_questions, sizeof *right_answers);
  if (!questions_asked || !right_answers) fail("out of memory", NULL);
  while (answers_count < max_questions && fgets(line, sizeof line, file)) {
    char *rest = line, *name = strtok_r(rest, " \n", &rest), *type = strtok_r(NULL, " \n", &rest);
    char *rcode = strtok_r(NULL, " \n", &rest);
    if (!name) continue;
    if (!type || !rcode || strlen(name) > 255 || strlen(type) > 15) fail("a line has no name, type and RCODE", line);
    struct right_answer *answer = &right_answers[answers_count];
    answer->rcode = rcode_number(rcode);
    for (char *text; (text = strtok_r(NULL, " \n", &rest));) read_rdata(answer, text, type_number(type));
    // Lines of one question stand behind each other.
    struct question *last = questions_count ? &questions_asked[questions_count - 1] : NULL;
    if (last && strcmp(last->name, name) == 0 && strcmp(last->type_name, type) == 0) {
      answer->next = last->answers;
      last->answers = (int)answers_count++;
      continue;
    }
    answer->next = -1;
    last = &questions_asked[questions_count++];
    strcpy(last->name, name), strcpy(last->type_name, type);
    last->type = type_number(type), last->answers = (int)answers_count++;
  }
  fclose(file);
  if (questions_count == 0) fail("the file holds no question", path);
}

static unsigned pick_question(unsigned *random) { return (unsigned)rand_r(random) % questions_count; }

static const char *question_text(unsigned question) { return questions_asked[question].name; }

// The query for a question; `number` takes the place of a % in its name.
static void make_query(struct query *query, unsigned question, uint64_t number, uint16_t id) {
  char name[300], *mark;
  const struct question *asked = &questions_asked[question];
  if ((mark = strchr(asked->name, '%')))
    snprintf(name, sizeof name, "%.*s%llu%s", (int)(mark - asked->name), asked->name, (unsigned long long)number, mark + 1);
  else
    strcpy(name, asked->name);
  build_query(query, name, asked->type, false);
  query->octets[0] = (uint8_t)(id >> 8), query->octets[1] = (uint8_t)id;
}

// Just past the name at `at`; the size where it does not end.
static size_t past_name(const uint8_t *octets, size_t size, size_t at) {
  while (at < size) {
    if (octets[at] == 0) return at + 1;
    if (octets[at] >= 0xc0) return at + 2;
    at += octets[at] + 1u;
  }
  return size;
}

// Whether the answer section has exactly these addresses; other types (a CNAME on the way) are passed over.
static bool has_addresses(const struct right_answer *answer, int type, const uint8_t *octets, size_t size, size_t at) {
  unsigned records = (unsigned)(octets[6] << 8 | octets[7]), found = 0;
  bool seen[max_rdata] = {false};
  for (unsigned i = 0; i < records; i++) {
    at = past_name(octets, size, at);
    if (at + 10 > size) return false;
    int is_type = octets[at] << 8 | octets[at + 1];
    size_t length = (size_t)(octets[at + 8] << 8 | octets[at + 9]);
    at += 10;
    if (at + length > size) return false;
    if (is_type == type && (type == 1 || type == 28)) {
      unsigned place = 0;
      while (place < answer->count && (seen[place] || length != answer->size || memcmp(answer->rdata[place], octets + at, length)))
        place++;
      if (place == answer->count) return false;
      seen[place] = true, found++;
    }
    at += length;
  }
  return found == answer->count;
}

static void tell_wrong(unsigned question, const uint8_t *octets, size_t size) {
  static atomic_int told;
  if (atomic_fetch_add(&told, 1) >= wrong_told_max) return;
  char text[512 * 2 + 1];
  for (size_t i = 0; i < size && i < 512; i++) sprintf(text + 2 * i, "%02x", octets[i]);
  fprintf(stderr, "%s: wrong: %s %s is %s\n", program_invocation_short_name, questions_asked[question].name,
          questions_asked[question].type_name, text);
}

// Whether a response (of 12 octets or more) is one to this query, and one of the right ones, whole.
static bool is_right(const struct query *query, unsigned question, const uint8_t *octets, size_t size) {
  const struct question *asked = &questions_asked[question];
  // ID, QR, no TC, one question: octet by octet that of the query.
  bool is_response = memcmp(octets, query->octets, 2) == 0 && (octets[2] & 0x82) == 0x80 && octets[4] == 0 &&
                     octets[5] == 1 && size >= query->size && memcmp(octets + 12, query->octets + 12, query->size - 12u) == 0;
  for (int i = asked->answers; is_response && i >= 0; i = right_answers[i].next)
    if ((octets[3] & 15u) == right_answers[i].rcode && has_addresses(&right_answers[i], asked->type, octets, size, query->size))
      return true;
  tell_wrong(question, octets, size);
  return false;
}
