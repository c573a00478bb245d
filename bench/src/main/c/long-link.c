/*
 * A long link between places: a TUN device for each, between which packets go after a delay, or are lost.
 *
 *   long-link NAME:MICROS:PER_MILLION ...
 *
 * Place number n, from 1, is NAME and has an address that ends with n. A packet takes the microseconds of the place that it
 * comes from and those of the place that it goes to, and is lost with the chances of both. Order is kept. Prints "ready"
 * when the devices are there; they are gone when it ends.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

enum { PLACES = 4, PACKET = 2048, QUEUE = 1 << 14, IPV4_HEADER = 20, LAST_OF_DESTINATION = 19 };

struct packet {
  int64_t due;
  int size;
  unsigned char bytes[PACKET];
};

/* What is on its way from one place to another. */
struct queue {
  uint32_t head, tail;
  struct packet *packets;
};

struct place {
  int64_t nanos;
  uint32_t per_million;
};

static struct queue queues[PLACES][PLACES];
static struct place places[PLACES];
static struct pollfd devices[PLACES];
static int count;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1000000000LL + time.tv_nsec;
}

/* A xorshift: nothing secret depends on it. */
static uint32_t chance(void) {
  static uint64_t state;
  while (state == 0 && getrandom(&state, sizeof state, 0) < 0 && errno != EINTR) fail("getrandom");
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return (state >> 32) % 1000000;
}

static int device(const char *name) {
  struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
  int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail("/dev/net/tun");
  strncpy(request.ifr_name, name, IFNAMSIZ - 1);
  if (ioctl(fd, TUNSETIFF, &request) < 0) fail(name);
  return fd;
}

static void add(char *argument) {
  char *micros = strchr(argument, ':');
  char *chances = micros ? strchr(micros + 1, ':') : NULL;
  if (!chances || count == PLACES) {
    fprintf(stderr, "usage: long-link NAME:MICROS:PER_MILLION ..., %d at most\n", PLACES);
    exit(2);
  }
  *micros = 0;
  places[count] = (struct place){.nanos = atoll(micros + 1) * 1000, .per_million = atoi(chances + 1)};
  devices[count] = (struct pollfd){.fd = device(argument), .events = POLLIN};
  for (int to = 0; to < PLACES; to++) {
    queues[count][to].packets = malloc(sizeof(struct packet) * QUEUE);
    if (!queues[count][to].packets) fail("malloc");
  }
  count++;
}

/* Takes all packets that a place sends. A full queue loses them, as a router's does. */
static void take(int from) {
  static unsigned char bytes[PACKET];
  for (;;) {
    ssize_t size = read(devices[from].fd, bytes, PACKET);
    if (size < 0) return;
    int to = size < IPV4_HEADER || bytes[0] >> 4 != 4 ? -1 : bytes[LAST_OF_DESTINATION] - 1;
    if (to < 0 || to >= count || chance() < places[from].per_million + places[to].per_million) continue;
    struct queue *queue = &queues[from][to];
    if (queue->tail - queue->head == QUEUE) continue;
    struct packet *packet = &queue->packets[queue->tail++ % QUEUE];
    packet->due = now() + places[from].nanos + places[to].nanos;
    packet->size = size;
    memcpy(packet->bytes, bytes, size);
  }
}

/* Delivers what is due; gives when the next one is, or 0 if nothing is on its way. */
static int64_t deliver(void) {
  int64_t next = 0, time = now();
  for (int from = 0; from < count; from++) {
    for (int to = 0; to < count; to++) {
      struct queue *queue = &queues[from][to];
      for (; queue->head != queue->tail; queue->head++) {
        struct packet *packet = &queue->packets[queue->head % QUEUE];
        if (packet->due > time) {
          if (!next || packet->due < next) next = packet->due;
          break;
        }
        /* A device whose queue is full loses the packet. */
        if (write(devices[to].fd, packet->bytes, packet->size) < 0 && errno == EBADF) fail("write");
      }
    }
  }
  return next;
}

int main(int argc, char **argv) {
  for (int i = 1; i < argc; i++) add(argv[i]);
  puts("ready");
  fflush(stdout);
  for (;;) {
    int64_t next = deliver();
    int64_t wait = next ? next - now() : 1000000000LL;
    struct timespec timeout = {.tv_sec = wait / 1000000000LL, .tv_nsec = wait % 1000000000LL};
    if (wait <= 0) timeout = (struct timespec){0};
    if (ppoll(devices, count, &timeout, NULL) < 0 && errno != EINTR) fail("poll");
    for (int i = 0; i < count; i++) {
      if (devices[i].revents & POLLIN) take(i);
    }
  }
}
