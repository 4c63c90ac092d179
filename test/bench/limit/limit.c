// The least that moving one file can cost: sendfile(2) into a connection, splice(2) out of it into a new file.
// It asks no user, and checks, resumes and syncs nothing.
//   limit receive PORT FILE     takes one connection; FILE must not exist
//   limit send HOST PORT FILE   ends when the receiver has closed
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum { kPipeBytes = 1 << 20 };

static int must(long result, const char *call) {
  if (result >= 0) return (int)result;
  perror(call);
  exit(1);
}

static int receive_file(const char *port, const char *path) {
  const int listener = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
  const int on = 1;
  must(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on), "setsockopt");
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  must(bind(listener, (struct sockaddr *)&here, sizeof here), "bind");
  must(listen(listener, 1), "listen");
  const int connection = must(accept(listener, NULL, NULL), "accept");
  const int file = must(open(path, O_CREAT | O_EXCL | O_WRONLY, 0600), "open");
  int ends[2];
  must(pipe(ends), "pipe");
  must(fcntl(ends[1], F_SETPIPE_SZ, kPipeBytes), "F_SETPIPE_SZ");
  for (;;) {
    int held = must(splice(connection, NULL, ends[1], NULL, kPipeBytes, SPLICE_F_MOVE), "splice");
    if (held == 0) break;
    while (held > 0) held -= must(splice(ends[0], NULL, file, NULL, (size_t)held, SPLICE_F_MOVE), "splice");
  }
  must(close(file), "close");
  return 0;
}

static int send_file(const char *host, const char *port, const char *path) {
  const int file = must(open(path, O_RDONLY), "open");
  struct stat facts;
  must(fstat(file, &facts), "fstat");
  struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
  if (inet_pton(AF_INET, host, &there.sin_addr) != 1) return 2;
  const int connection = must(socket(AF_INET, SOCK_STREAM, 0), "socket");
  must(connect(connection, (struct sockaddr *)&there, sizeof there), "connect");
  for (off_t at = 0; at < facts.st_size;) must(sendfile(connection, file, &at, 0x7ffff000) > 0 ? 0 : -1, "sendfile");
  must(shutdown(connection, SHUT_WR), "shutdown");
  char nothing;
  must(read(connection, &nothing, 1), "read");
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 4 && strcmp(argv[1], "receive") == 0) return receive_file(argv[2], argv[3]);
  if (argc == 5 && strcmp(argv[1], "send") == 0) return send_file(argv[2], argv[3], argv[4]);
  fprintf(stderr, "usage: limit receive PORT FILE | limit send HOST PORT FILE\n");
  return 2;
}
