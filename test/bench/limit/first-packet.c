// Prints when the first TCP segment passed an interface, and ends, so that nothing is tapped after it:
//   first-packet INTERFACE
// Prints "ready" once it listens; then nanoseconds of the monotonic clock.
#define _GNU_SOURCE
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/ip.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static long long read_clock(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  const int tap = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_ALL));
  if (tap < 0) return perror("socket"), 1;
  struct sockaddr_ll here = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
  here.sll_ifindex = (int)if_nametoindex(argv[1]);
  const int on = 1;
  if (setsockopt(tap, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) return perror("SO_TIMESTAMPNS"), 1;
  if (bind(tap, (struct sockaddr *)&here, sizeof here) != 0) return perror("bind"), 1;
  puts("ready");
  fflush(stdout);
  for (;;) {
    struct iphdr ip = {0};
    struct sockaddr_ll from;
    char control[256];
    struct iovec part = {&ip, sizeof ip};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1};
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    if (recvmsg(tap, &message, 0) < 0) return perror("recvmsg"), 1;
    if (ntohs(from.sll_protocol) != ETH_P_IP || ip.protocol != IPPROTO_TCP) continue;
    const struct cmsghdr *stamp = CMSG_FIRSTHDR(&message);
    if (stamp == NULL || stamp->cmsg_type != SCM_TIMESTAMPNS) return 1;
    struct timespec at;
    __builtin_memcpy(&at, CMSG_DATA(stamp), sizeof at);
    const long long ago = read_clock(CLOCK_REALTIME) - (at.tv_sec * 1000000000LL + at.tv_nsec);
    printf("%lld\n", read_clock(CLOCK_MONOTONIC) - ago);
    return 0;
  }
}
