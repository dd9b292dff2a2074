// Counts of times in buckets that grow with the value, 128 to each power of two: a percentile is at most 0.8 % too high.
#pragma once
#include <stdint.h>

enum { histogram_bits = 7, histogram_buckets = (64 - histogram_bits + 1) << histogram_bits };

struct histogram {
  uint64_t total, highest;
  uint64_t counts[histogram_buckets];
};

// Values below 256 have a bucket each; above that, the bits below the upper eight are dropped.
static unsigned histogram_bucket(uint64_t value) {
  int shift = value >> histogram_bits ? 63 - __builtin_clzll(value) - histogram_bits : 0;
  return ((unsigned)shift << histogram_bits) + (unsigned)(value >> shift);
}

// The highest value that falls into `bucket`.
static uint64_t histogram_value(unsigned bucket) {
  unsigned shift = bucket < 2u << histogram_bits ? 0 : (bucket >> histogram_bits) - 1;
  return (((uint64_t)bucket - ((uint64_t)shift << histogram_bits) + 1) << shift) - 1;
}

static void histogram_add(struct histogram *histogram, uint64_t value, uint64_t times) {
  if (times == 0) return;
  histogram->counts[histogram_bucket(value)] += times;
  histogram->total += times;
  if (value > histogram->highest) histogram->highest = value;
}

// What `permille` of a thousand values do not exceed: the nearest rank; 0 where there are none.
static uint64_t histogram_percentile(const struct histogram *histogram, unsigned permille) {
  uint64_t rank = (histogram->total * permille + 999) / 1000, seen = 0;
  for (unsigned bucket = 0; rank > 0 && bucket < histogram_buckets; bucket++) {
    seen += histogram->counts[bucket];
    if (seen < rank) continue;
    uint64_t value = histogram_value(bucket);
    return value < histogram->highest ? value : histogram->highest;
  }
  return 0;
}
