// Questions about a zone, from a seed: what is there, what nearly is, and what nobody asks in earnest. Included once.
#pragma once
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { owner_count_max = 100000, question_size_max = 512, note_size_max = 96 };

struct question {
  uint8_t octets[question_size_max];
  size_t length;
  // What it is, for the table of differences: kind=… type=… class=… opcode=… edns=… do=…
  char note[note_size_max];
};

// Owner names as labels in wire form, without the final root.
static struct owner {
  uint8_t octets[256];
  size_t length;
} owners[owner_count_max];
static size_t owner_count;
static uint64_t random_state;
// No questions that have nothing to do with what a zone holds.
static bool is_about_zones;

// SplitMix64: the same questions for the same seed.
static uint64_t draw(void) {
  uint64_t z = random_state += 0x9E3779B97F4A7C15;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
  z = (z ^ z >> 27) * 0x94D049BB133111EB;
  return z ^ z >> 31;
}

static size_t below(size_t limit) { return (size_t)(draw() % limit); }

// Takes a name in text without escapes, as owners of a cluster zone are; a final dot is left out.
static bool owner_from_text(const char *text, struct owner *owner) {
  size_t at = 0;
  while (*text && *text != '.') {
    size_t count = strcspn(text, ".");
    if (count > 63 || at + count + 2 > 255) return false;
    owner->octets[at++] = (uint8_t)count;
    memcpy(owner->octets + at, text, count);
    at += count;
    text += count + (text[count] == '.');
  }
  owner->length = at;
  return true;
}

static size_t first_label_size(const struct owner *owner) { return owner->length ? (size_t)owner->octets[0] + 1 : 0; }

static void drop_label(struct owner *owner) {
  size_t size = first_label_size(owner);
  memmove(owner->octets, owner->octets + size, owner->length - size);
  owner->length -= size;
}

static bool add_label(struct owner *owner, const void *octets, size_t count) {
  if (owner->length + count + 2 > 255) return false;
  memmove(owner->octets + count + 1, owner->octets, owner->length);
  owner->octets[0] = (uint8_t)count;
  memcpy(owner->octets + 1, octets, count);
  owner->length += count + 1;
  return true;
}

static void mix_case(struct owner *owner) {
  for (size_t at = 0; at < owner->length; at += (size_t)owner->octets[at] + 1)
    for (size_t i = at + 1; i <= at + owner->octets[at]; i++)
      if (owner->octets[i] >= 'a' && owner->octets[i] <= 'z' && draw() & 1) owner->octets[i] -= 32;
}

// Turns one octet of one label into another letter.
static void change_octet(struct owner *owner) {
  size_t label = 0;
  for (size_t skip = below(3); skip > 0 && label + owner->octets[label] + 1 < owner->length; skip--)
    label += (size_t)owner->octets[label] + 1;
  owner->octets[label + 1 + below(owner->octets[label])] = (uint8_t)('a' + below(26));
}

static const char *make_name(struct owner *name) {
  static const char *const labels[] = {"x", "_http", "_tcp", "_udp", "endpoint", "svc", "pod", "www", "10-0-0-1", "1"};
  static const char *const outside[] = {"example.com", "local", "xcluster.local", "arpa", "", "cluster.local.example",
                                        "12.in-addr.arpa.example"};
  uint8_t odd[63];
  *name = owners[below(owner_count)];
  switch (below(12)) {
    case 0:
    case 1:
    case 2:
      return "existing";
    case 3:
      mix_case(name);
      return "case";
    case 4:
    case 5:
      // Ancestors: empty non-terminals, the apex, and one above it now and then.
      for (size_t drops = 1 + below(4); drops > 0 && name->length > 0; drops--) drop_label(name);
      return "ancestor";
    case 6:
      change_octet(name);
      return "misspelt";
    case 7:
      if (draw() & 1) drop_label(name);
      for (size_t count = 1 + below(2); count > 0; count--) {
        const char *label = labels[below(sizeof labels / sizeof *labels)];
        add_label(name, label, strlen(label));
      }
      return "child";
    case 8:
      if (draw() & 1) drop_label(name);
      add_label(name, "*", 1);
      return "asterisk";
    case 9:
      while (add_label(name, "deep", draw() & 1 ? 1 : 4)) continue;
      return "deep";
    case 10:
      for (size_t i = 0; i < sizeof odd; i++) odd[i] = (uint8_t)draw();
      add_label(name, odd, 1 + below(sizeof odd));
      return "octets";
    default:
      owner_from_text(outside[below(sizeof outside / sizeof *outside)], name);
      return "outside";
  }
}

static uint8_t *put16(uint8_t *at, size_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
  return at + 2;
}

static size_t pick_type(void) {
  // A, NS, CNAME, SOA, PTR, HINFO, MX, TXT, AAAA, SRV, NAPTR, DS, RRSIG, NSEC, DNSKEY, SVCB, HTTPS, ANY, CAA
  static const uint16_t known[] = {1, 2, 5, 6, 12, 13, 15, 16, 28, 33, 35, 43, 46, 47, 48, 64, 65, 255, 257};
  // DNAME, OPT, TKEY, TSIG, IXFR, AXFR, MAILB, 0, unknown ones
  static const uint16_t odd[] = {39, 41, 249, 250, 251, 252, 253, 0, 666, 65280, 65535, 128};
  static const uint16_t usual[] = {1, 28, 33, 12, 1, 33};
  switch (below(10)) {
    case 0:
      return odd[below(sizeof odd / sizeof *odd)];
    case 1:
    case 2:
    case 3:
    case 4:
      return known[below(sizeof known / sizeof *known)];
    default:
      return usual[below(sizeof usual / sizeof *usual)];
  }
}

// Writes one OPT record, and its description.
static uint8_t *put_opt(uint8_t *at, char *description, bool *wants_dnssec) {
  static const uint16_t sizes[] = {0, 512, 1232, 4096, 4096, 65535};
  static const struct {
    const char *name;
    uint8_t octets[16];
    size_t length;
  } options[] = {
      {"none", {0}, 0},
      {"none", {0}, 0},
      {"unknown", {0xFD, 0xE9, 0, 2, 1, 2}, 6},
      {"nsid", {0, 3, 0, 0}, 4},
      {"cookie", {0, 10, 0, 8, 1, 2, 3, 4, 5, 6, 7, 8}, 12},
      {"badcookie", {0, 10, 0, 3, 1, 2, 3}, 7},
      {"ecs", {0, 8, 0, 7, 0, 1, 24, 0, 192, 0, 2}, 11},
      {"overrun", {0, 3, 0, 9, 1}, 5},
  };
  size_t kind = below(16), option = kind < sizeof options / sizeof *options ? kind : 0;
  bool is_new = below(16) == 0;
  *wants_dnssec = draw() & 1;
  if (is_about_zones) option = 0, is_new = false;
  *at++ = 0;
  at = put16(put16(at, 41), sizes[below(sizeof sizes / sizeof *sizes)]);
  *at++ = 0;
  *at++ = is_new;
  at = put16(put16(at, (*wants_dnssec ? 0x8000u : 0) | (below(8) == 0 ? 0x0080u : 0)), options[option].length);
  memcpy(at, options[option].octets, options[option].length);
  sprintf(description, "%d/%s", is_new, options[option].name);
  return at + options[option].length;
}

// Makes the next question; `is_odd` is for those with an opcode other than QUERY.
static void make_question(struct question *question, uint16_t id, bool is_odd) {
  struct owner name;
  const char *kind = make_name(&name);
  size_t type = pick_type(), qclass = 1, opcode = is_odd ? 1 + below(15) : 0;
  if (below(20) == 0) qclass = (const size_t[]){3, 4, 254, 255, 2}[below(5)];
  bool has_opt = below(4) != 0, wants_dnssec = false;
  if (is_about_zones) {
    qclass = 1;
    // Transfers are no look-ups.
    if (type == 251 || type == 252) type = 39;
  }
  char opt[32] = "none";
  // AA, TC and RD, then Z, AD and CD, at random: none of them changes an answer.
  size_t flags = opcode << 11 | (draw() & 0x0100) | (below(8) == 0 ? draw() & 0x0670 : draw() & 0x0030);
  uint8_t *at = put16(put16(put16(question->octets, id), flags), 1);
  at = put16(put16(put16(at, 0), 0), has_opt);
  memcpy(at, name.octets, name.length);
  at += name.length;
  *at++ = 0;
  at = put16(put16(at, type), qclass);
  if (has_opt) at = put_opt(at, opt, &wants_dnssec);
  question->length = (size_t)(at - question->octets);
  snprintf(question->note, sizeof question->note, "kind=%s type=%zu class=%zu opcode=%zu edns=%s do=%d", kind, type,
           qclass, opcode, opt, wants_dnssec);
}
