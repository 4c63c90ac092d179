// Runs a command and writes the cost of it and all its children, once it has ended:
//   timed OUT COMMAND…
// OUT becomes one JSON object: CPU seconds, exit code, begin and end in nanoseconds of the monotonic clock.
// SIGTERM is passed on, so that a server can be ended and still be counted.
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile pid_t child = 0;

static void pass_on(int signal_number) {
  if (child > 0) kill(child, signal_number);
}

static long long now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static double seconds(struct timeval time) { return (double)time.tv_sec + (double)time.tv_usec / 1e6; }

int main(int argc, char **argv) {
  if (argc < 3) return 2;
  struct sigaction action = {.sa_handler = pass_on};
  sigaction(SIGTERM, &action, NULL);
  const long long begin = now();
  child = fork();
  if (child < 0) return 1;
  if (child == 0) {
    // A run that is killed leaves nothing behind.
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    execvp(argv[2], argv + 2);
    perror(argv[2]);
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
  }
  const long long end = now();
  struct rusage usage;
  getrusage(RUSAGE_CHILDREN, &usage);
  FILE *out = fopen(argv[1], "w");
  if (out == NULL) return 1;
  const int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  fprintf(out, "{\"user\":%.6f,\"system\":%.6f,\"code\":%d,\"begin\":\"%lld\",\"end\":\"%lld\"}\n",
          seconds(usage.ru_utime), seconds(usage.ru_stime), code, begin, end);
  fclose(out);
  return code;
}
