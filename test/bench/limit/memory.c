// Touches memory, so that what is measured next does not wait for it:
//   memory touch BYTES   gives it back at once
//   memory hold BYTES    prints "ready" and keeps it until a signal; the first to be killed if memory runs out
// A virtual machine gives its free memory back to the host, page by page, and asks for it again at the first touch, which
// costs several times what a copy does. With most of it held, what is free is what the last run has just given back.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) return 2;
  const int hold = strcmp(argv[1], "hold") == 0;
  const size_t size = strtoull(argv[2], NULL, 10);
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  FILE *score = fopen("/proc/self/oom_score_adj", "w");
  if (score != NULL) {
    fputs("1000", score);
    fclose(score);
  }
  void *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (at == MAP_FAILED) return perror("mmap"), 1;
  // Single pages, as a page cache takes them; what is held is quicker to have in large ones.
  madvise(at, size, hold ? MADV_HUGEPAGE : MADV_NOHUGEPAGE);
  if (madvise(at, size, MADV_POPULATE_WRITE) != 0) return perror("MADV_POPULATE_WRITE"), 1;
  if (!hold) return 0;
  puts("ready");
  fflush(stdout);
  pause();
  return 0;
}
