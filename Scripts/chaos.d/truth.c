// truth: asks steadily over UDP, holds every answer against what is true, and says how soon a change is told.
//
// usage: truth --port N --questions FILE [--rate R] [--patience S]
//   --questions FILE  lines "NAME VALUE": what never changes; VALUE is addresses with commas between, in any order, or
//                     NXDOMAIN
//   --rate R          of these a second, at most 5000 [1000]; what changes is asked for 200 times a second besides
//   --patience S      how long to wait for a change at most [60]
//
// Reads lines from its standard input:
//   change NAME VALUE   VALUE is true from now on; what was true before may be answered until the end of `ended`.
//                       The first line for a NAME says what is true already
//   ended               what kept changes from being seen is over: waits until every name has its newest value, and
//                       prints "recovered MS", milliseconds from now (0: it had it before), or "late NAME ANSWER". From
//                       then on nothing but the newest value is right.
//   quit                waits for the last answers, and prints "asked=… answered=… wrong=… unanswered=… slowest_ms=…"
// A query without an answer in two seconds is unanswered. The first wrong answers are described on standard error.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { batch_size = 1 };

#include "datagrams.h"
#include "query.h"

enum {
  max_names = 20000,
  max_changing = 16,
  max_values = 32,
  value_size = 512,
  socket_count = 4,
  ids_of_a_socket = 1 << 16,
  max_described = 20,
};
static const double deadline_seconds = 2, grace_seconds = 0.05, changing_interval = 0.005;

struct name {
  struct query query;
  char text[256], value[128];
};

// A name whose truth changes: values[0 ..< count], the newest last; those before it are right for what was sent until
// `settled_at` and a little after.
struct changing {
  struct query query;
  char text[256], values[max_values][value_size], seen[value_size];
  int count;
  double settled_at;
  bool is_seen;
};

// One query in flight: `index` counts names, and behind them what changes.
struct slot {
  double sent_at;
  int index;
};

static struct name names[max_names];
static struct changing changing[max_changing];
static int name_count, changing_count, next_name, next_source, waiting_count, described;
static int sockets[socket_count];
static struct slot slots[socket_count][ids_of_a_socket];
static uint16_t next_id[socket_count], oldest_id[socket_count];
static uint64_t asked, answered, wrong, unanswered;
static double slowest;

static double now_seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int compare_texts(const void *left, const void *right) {
  return strcmp(*(char *const *)left, *(char *const *)right);
}

// Puts the addresses of a value in order, so that values can be compared as texts.
static void normalise(char *value, size_t size) {
  char copy[value_size], *parts[64], *rest = copy;
  int count = 0;
  snprintf(copy, sizeof copy, "%s", value);
  for (char *part; (part = strsep(&rest, ",")) && count < 64;) parts[count++] = part;
  qsort(parts, (size_t)count, sizeof *parts, compare_texts);
  value[0] = 0;
  for (int i = 0, at = 0; i < count; i++) at += snprintf(value + at, size - (size_t)at, "%s%s", i ? "," : "", parts[i]);
}

static void make_query(struct query *query, const char *text) {
  char copy[256];
  snprintf(copy, sizeof copy, "%s", text);
  build_query(query, copy, type_number("A"), false);
}

static void read_names(const char *path) {
  FILE *file = fopen(path, "r");
  if (!file) fail("cannot read", path);
  while (name_count < max_names &&
         fscanf(file, "%255s %127s", names[name_count].text, names[name_count].value) == 2) {
    normalise(names[name_count].value, sizeof names[name_count].value);
    make_query(&names[name_count].query, names[name_count].text);
    name_count++;
  }
  fclose(file);
  if (name_count == 0) fail("no \"NAME VALUE\" in", path);
}

// --- Answers --------------------------------------------------------------------------------------------------

// Writes what a reply says as a value; anything that is no clean answer to `query` becomes a text no value equals.
static void read_reply(const uint8_t *reply, size_t size, const struct query *query, char *value) {
  static const uint8_t record_head[] = {0xC0, 12, 0, 1, 0, 1};
  const unsigned rcode = reply[3] & 15, answers = (unsigned)(reply[6] << 8 | reply[7]);
  if (size < query->size || memcmp(reply + 12, query->octets + 12, query->size - 12u) != 0 || reply[2] & 2)
    return (void)snprintf(value, value_size, "another question, or TC");
  if (rcode == 3 && answers == 0) return (void)snprintf(value, value_size, "NXDOMAIN");
  if (rcode != 0) return (void)snprintf(value, value_size, "RCODE %u", rcode);
  size_t at = query->size, end = 0;
  value[0] = 0;
  for (unsigned i = 0; i < answers; i++, at += 16) {
    char address[INET_ADDRSTRLEN];
    if (at + 16 > size || memcmp(reply + at, record_head, sizeof record_head) != 0 || reply[at + 10] || reply[at + 11] != 4)
      return (void)snprintf(value, value_size, "a record that is no A of the name");
    inet_ntop(AF_INET, reply + at + 12, address, sizeof address);
    end += (size_t)snprintf(value + end, value_size - end, "%s%s", i ? "," : "", address);
    if (end >= value_size - 20) return;
  }
  normalise(value, value_size);
  if (answers == 0) snprintf(value, value_size, "NODATA");
}

static void describe(const char *name, const char *value, const char *want) {
  if (described++ >= max_described) return;
  fprintf(stderr, "truth: %s is \"%s\", not %s\n", name, value, want);
}

static void check_changing(struct changing *name, const char *value, double sent_at) {
  const char *newest = name->values[name->count - 1];
  const int first = sent_at < name->settled_at + grace_seconds ? 0 : name->count - 1;
  snprintf(name->seen, sizeof name->seen, "%s", value);
  if (!strcmp(value, newest)) return (void)(name->is_seen = true);
  for (int i = name->settled_at > 0 ? first : 0; i < name->count; i++)
    if (!strcmp(value, name->values[i])) return;
  wrong++;
  describe(name->text, value, newest);
}

static void take_reply(int source, const uint8_t *reply, size_t size) {
  if (size < 12) return;
  struct slot *slot = &slots[source][reply[0] << 8 | reply[1]];
  if (!(reply[2] & 0x80) || slot->sent_at == 0) return;
  const double took = now_seconds() - slot->sent_at;
  const bool is_steady = slot->index < name_count;
  char value[value_size];
  read_reply(reply, size, is_steady ? &names[slot->index].query : &changing[slot->index - name_count].query, value);
  answered++;
  waiting_count--;
  if (took > slowest) slowest = took;
  if (!is_steady) {
    check_changing(&changing[slot->index - name_count], value, slot->sent_at);
  } else if (strcmp(value, names[slot->index].value) != 0) {
    wrong++;
    describe(names[slot->index].text, value, names[slot->index].value);
  }
  slot->sent_at = 0;
}

static void receive(int milliseconds) {
  struct pollfd ready[socket_count];
  uint8_t reply[max_reply_size];
  for (int i = 0; i < socket_count; i++) ready[i] = (struct pollfd){.fd = sockets[i], .events = POLLIN};
  if (poll(ready, socket_count, milliseconds) <= 0) return;
  for (int i = 0; i < socket_count; i++)
    for (ssize_t size; (size = recv(sockets[i], reply, sizeof reply, 0)) > 0;) take_reply(i, reply, (size_t)size);
}

// --- Questions ------------------------------------------------------------------------------------------------

static void ask(const struct query *query, int index) {
  const int source = next_source++ % socket_count;
  const uint16_t id = next_id[source]++;
  uint8_t octets[max_query_size];
  memcpy(octets, query->octets, query->size);
  octets[0] = (uint8_t)(id >> 8);
  octets[1] = (uint8_t)id;
  slots[source][id] = (struct slot){now_seconds(), index};
  asked++;
  waiting_count++;
  // What the kernel refuses is never answered, and counts so.
  (void)!send(sockets[source], octets, query->size, 0);
}

static void give_up_old(double now) {
  for (int source = 0; source < socket_count; source++) {
    for (; oldest_id[source] != next_id[source]; oldest_id[source]++) {
      struct slot *slot = &slots[source][oldest_id[source]];
      if (slot->sent_at == 0) continue;
      if (now - slot->sent_at < deadline_seconds) break;
      const bool is_steady = slot->index < name_count;
      describe(is_steady ? names[slot->index].text : changing[slot->index - name_count].text, "", "unanswered");
      unanswered++;
      waiting_count--;
      slot->sent_at = 0;
    }
  }
}

static void ask_all_changing(void) {
  for (int i = 0; i < changing_count; i++) ask(&changing[i].query, name_count + i);
}

// Asks what is due by now.
static void ask_due(double rate, double now) {
  static double next_steady, next_changing;
  if (next_steady < now - 1) next_steady = now;
  for (; next_steady <= now; next_steady += 1 / rate, next_name = (next_name + 1) % name_count)
    ask(&names[next_name].query, next_name);
  if (next_changing > now) return;
  next_changing = now + changing_interval;
  ask_all_changing();
}

// --- Commands -------------------------------------------------------------------------------------------------

static struct {
  double ended_at;
  bool is_waiting, quits;
} run;

static void change(const char *text, const char *value) {
  int index = 0;
  while (index < changing_count && strcmp(changing[index].text, text)) index++;
  if (index == max_changing) fail("too many names change", text);
  struct changing *name = &changing[index];
  if (index == changing_count) {
    snprintf(name->text, sizeof name->text, "%s", text);
    make_query(&name->query, text);
    changing_count++;
  }
  // Behind a settled value only that one counts; the grace for what was under way is long over.
  if (name->settled_at > 0 || name->count == max_values) {
    memmove(name->values[0], name->values[name->count - 1], value_size);
    name->count = 1;
    name->settled_at = 0;
  }
  snprintf(name->values[name->count], value_size, "%s", value);
  normalise(name->values[name->count++], value_size);
  name->is_seen = false;
}

static void settle(double now) {
  for (int i = 0; i < changing_count; i++)
    if (changing[i].settled_at == 0) changing[i].settled_at = now;
  run.is_waiting = false;
}

static void look_whether_seen(double now, double patience) {
  struct changing *missing = NULL;
  for (int i = 0; i < changing_count && !missing; i++)
    if (!changing[i].is_seen) missing = &changing[i];
  if (!missing) {
    printf("recovered %.0f\n", (now - run.ended_at) * 1e3);
    settle(now);
  } else if (now - run.ended_at > patience) {
    printf("late %s %s\n", missing->text, missing->seen);
    run.is_waiting = false;
  }
}

static void command(char *line) {
  char text[256], value[value_size];
  if (sscanf(line, "change %255s %511s", text, value) == 2) change(text, value);
  else if (!strcmp(line, "ended")) run.is_waiting = true, run.ended_at = now_seconds();
  else if (!strcmp(line, "quit")) run.quits = true;
  else fail("cannot read the command", line);
}

// Reads the lines that are there. The end of the input ends the program.
static void read_commands(void) {
  static char buffer[4096];
  static size_t length;
  struct pollfd ready = {.fd = 0, .events = POLLIN};
  if (poll(&ready, 1, 0) <= 0) return;
  const ssize_t count = read(0, buffer + length, sizeof buffer - 1 - length);
  if (count <= 0) exit(1);
  length += (size_t)count;
  buffer[length] = 0;
  for (char *end; (end = strchr(buffer, '\n'));) {
    *end = 0;
    command(buffer);
    length -= (size_t)(end + 1 - buffer);
    memmove(buffer, end + 1, length + 1);
  }
}

int main(int argc, char **argv) {
  static const struct option options[] = {{"port", required_argument, NULL, 'p'},
                                          {"questions", required_argument, NULL, 'q'},
                                          {"rate", required_argument, NULL, 'r'},
                                          {"patience", required_argument, NULL, 't'},
                                          {0}};
  int port = 0;
  double rate = 1000, patience = 60;
  const char *questions = NULL;
  for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
    switch (option) {
    case 'p': port = atoi(optarg); break;
    case 'q': questions = optarg; break;
    case 'r': rate = atof(optarg); break;
    case 't': patience = atof(optarg); break;
    default: exit(2);
    }
  }
  if (port < 1 || !questions || !(rate > 0 && rate <= 5000)) fail("needs --port and --questions; see the source", NULL);
  read_names(questions);
  for (int i = 0; i < socket_count; i++) sockets[i] = connected_datagrams(port);
  point_messages_at_slots();
  setvbuf(stdout, NULL, _IOLBF, 0);
  for (double quit_at = 0; quit_at == 0 || (waiting_count > 0 && now_seconds() < quit_at);) {
    const double now = now_seconds();
    if (!run.quits) ask_due(rate, now);
    receive(1);
    give_up_old(now);
    if (run.is_waiting) look_whether_seen(now_seconds(), patience);
    if (!run.quits) read_commands();
    if (run.quits && quit_at == 0) quit_at = now + deadline_seconds + 1;
  }
  printf("asked=%llu answered=%llu wrong=%llu unanswered=%llu slowest_ms=%.1f\n", (unsigned long long)asked,
         (unsigned long long)answered, (unsigned long long)wrong, (unsigned long long)unanswered, slowest * 1e3);
  return 0;
}
