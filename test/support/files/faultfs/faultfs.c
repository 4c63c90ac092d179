// A FUSE file system that passes everything on to another folder, counts the calls, and fails those that its commands select.
//
//   faultfs SOURCE MOUNTPOINT
//
// Prints "ready" once it is mounted. Then each line on standard input is a command, answered by one line:
//   fault OP ERRNO SKIP TIMES GLOB   of the calls on names that match, SKIP pass, then TIMES fail (0: all)
//   delay OP MILLISECONDS GLOB       these calls wait before they are passed on
//   statfs zero|real                 all figures of statfs are 0, or those of the source
//   unsized GLOB                     these files are reported to have 0 bytes, regardless of their content
//   clear                            no fault, no delay, no counts
//   counts GLOB                      calls since then as a JSON object, by operation
// A name is the path below the mount point, with a slash in front; an open file has the one it was opened under. At the
// end of standard input it unmounts itself.
#define FUSE_USE_VERSION 35
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fuse.h>
#include <limits.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { MAX_RULES = 64, NAME_BYTES = 256 };

struct rule {
  char op[32];
  char glob[NAME_BYTES];
  int error;
  int delay_ms;
  long skip;
  long times;
};

struct call {
  const char* op;
  char* path;
};

struct handle {
  int fd;
  char* path;
};

static int source = -1;
static char mountpoint[PATH_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct rule rules[MAX_RULES];
static int rule_count;
static struct call* calls;
static size_t call_count;
static size_t call_room;
static bool zero_statfs;
static char unsized[NAME_BYTES];

static void record(const char* op, const char* path) {
  if (call_count == call_room) {
    call_room = call_room == 0 ? 1024 : call_room * 2;
    calls = realloc(calls, call_room * sizeof *calls);
    if (calls == NULL) abort();
  }
  calls[call_count].op = op;
  calls[call_count].path = strdup(path);
  call_count++;
}

/* Counts the call. 0, or the negative error that it is to fail with. */
static int enter(const char* op, const char* path) {
  int error = 0;
  int delay_ms = 0;
  pthread_mutex_lock(&lock);
  record(op, path);
  for (int at = 0; at < rule_count; at++) {
    struct rule* rule = &rules[at];
    if (strcmp(rule->op, op) != 0 || fnmatch(rule->glob, path, 0) != 0) continue;
    if (rule->delay_ms > 0) delay_ms = rule->delay_ms;
    if (rule->error == 0) continue;
    if (rule->skip > 0) {
      rule->skip--;
      continue;
    }
    if (rule->times < 0) continue;
    if (rule->times > 0 && --rule->times == 0) rule->times = -1;
    error = -rule->error;
  }
  pthread_mutex_unlock(&lock);
  if (delay_ms > 0) usleep((useconds_t)delay_ms * 1000);
  return error;
}

static bool is_unsized(const char* path) {
  pthread_mutex_lock(&lock);
  const bool matches = unsized[0] != '\0' && fnmatch(unsized, path, 0) == 0;
  pthread_mutex_unlock(&lock);
  return matches;
}

static const char* below(const char* path) { return path[1] == '\0' ? "." : path + 1; }

static int result(long value) { return value < 0 ? -errno : 0; }

static struct handle* handle_of(const struct fuse_file_info* fi) { return (struct handle*)(uintptr_t)fi->fh; }

static int keep(struct fuse_file_info* fi, int fd, const char* path) {
  if (fd < 0) return -errno;
  struct handle* handle = malloc(sizeof *handle);
  if (handle == NULL) abort();
  handle->fd = fd;
  handle->path = strdup(path);
  fi->fh = (uint64_t)(uintptr_t)handle;
  return 0;
}

static const char* name_of(const char* path, const struct fuse_file_info* fi) {
  return path != NULL ? path : handle_of(fi)->path;
}

#define ENTER(op, path)                 \
  do {                                  \
    const int failed = enter(op, path); \
    if (failed != 0) return failed;     \
  } while (0)

static int fs_getattr(const char* path, struct stat* facts, struct fuse_file_info* fi) {
  ENTER("getattr", name_of(path, fi));
  const int done =
      fi != NULL ? fstat(handle_of(fi)->fd, facts) : fstatat(source, below(path), facts, AT_SYMLINK_NOFOLLOW);
  if (done == 0 && S_ISREG(facts->st_mode) && is_unsized(name_of(path, fi))) facts->st_size = 0;
  return result(done);
}

static int fs_readlink(const char* path, char* buffer, size_t size) {
  ENTER("readlink", path);
  const ssize_t length = readlinkat(source, below(path), buffer, size - 1);
  if (length < 0) return -errno;
  buffer[length] = '\0';
  return 0;
}

static int fs_mkdir(const char* path, mode_t mode) {
  ENTER("mkdir", path);
  return result(mkdirat(source, below(path), mode));
}

static int fs_unlink(const char* path) {
  ENTER("unlink", path);
  return result(unlinkat(source, below(path), 0));
}

static int fs_rmdir(const char* path) {
  ENTER("rmdir", path);
  return result(unlinkat(source, below(path), AT_REMOVEDIR));
}

static int fs_symlink(const char* target, const char* path) {
  ENTER("symlink", path);
  return result(symlinkat(target, source, below(path)));
}

static int fs_rename(const char* from, const char* to, unsigned flags) {
  ENTER(flags == 0 ? "rename" : "rename2", to);
  return result(renameat2(source, below(from), source, below(to), flags));
}

static int fs_link(const char* from, const char* to) {
  ENTER("link", to);
  return result(linkat(source, below(from), source, below(to), 0));
}

static int fs_chmod(const char* path, mode_t mode, struct fuse_file_info* fi) {
  ENTER("chmod", name_of(path, fi));
  if (fi != NULL) return result(fchmod(handle_of(fi)->fd, mode));
  return result(fchmodat(source, below(path), mode, 0));
}

static int fs_chown(const char* path, uid_t uid, gid_t gid, struct fuse_file_info* fi) {
  ENTER("chown", name_of(path, fi));
  if (fi != NULL) return result(fchown(handle_of(fi)->fd, uid, gid));
  return result(fchownat(source, below(path), uid, gid, AT_SYMLINK_NOFOLLOW));
}

static int fs_truncate(const char* path, off_t size, struct fuse_file_info* fi) {
  ENTER("truncate", name_of(path, fi));
  if (fi != NULL) return result(ftruncate(handle_of(fi)->fd, size));
  const int fd = openat(source, below(path), O_WRONLY | O_CLOEXEC);
  if (fd < 0) return -errno;
  const int done = result(ftruncate(fd, size));
  close(fd);
  return done;
}

static int fs_utimens(const char* path, const struct timespec times[2], struct fuse_file_info* fi) {
  ENTER("utimens", name_of(path, fi));
  if (fi != NULL) return result(futimens(handle_of(fi)->fd, times));
  return result(utimensat(source, below(path), times, AT_SYMLINK_NOFOLLOW));
}

static int fs_open(const char* path, struct fuse_file_info* fi) {
  ENTER("open", path);
  // Otherwise the kernel would read no byte of it.
  fi->direct_io = is_unsized(path) ? 1 : 0;
  return keep(fi, openat(source, below(path), (fi->flags & ~(O_CREAT | O_EXCL | O_DIRECT)) | O_CLOEXEC), path);
}

static int fs_create(const char* path, mode_t mode, struct fuse_file_info* fi) {
  ENTER("create", path);
  return keep(fi, openat(source, below(path), (fi->flags & ~O_DIRECT) | O_CREAT | O_CLOEXEC, mode), path);
}

static int fs_read(const char* path, char* buffer, size_t size, off_t offset, struct fuse_file_info* fi) {
  ENTER("read", name_of(path, fi));
  const ssize_t got = pread(handle_of(fi)->fd, buffer, size, offset);
  return got < 0 ? -errno : (int)got;
}

static int fs_write(const char* path, const char* buffer, size_t size, off_t offset, struct fuse_file_info* fi) {
  ENTER("write", name_of(path, fi));
  const ssize_t written = pwrite(handle_of(fi)->fd, buffer, size, offset);
  return written < 0 ? -errno : (int)written;
}

static int fs_statfs(const char* path, struct statvfs* facts) {
  ENTER("statfs", path);
  pthread_mutex_lock(&lock);
  const bool zero = zero_statfs;
  pthread_mutex_unlock(&lock);
  if (!zero) return result(fstatvfs(source, facts));
  memset(facts, 0, sizeof *facts);
  return 0;
}

/* Each close of a descriptor. */
static int fs_flush(const char* path, struct fuse_file_info* fi) {
  ENTER("flush", name_of(path, fi));
  return 0;
}

static int fs_release(const char* path, struct fuse_file_info* fi) {
  (void)path;
  struct handle* handle = handle_of(fi);
  enter("release", handle->path);
  close(handle->fd);
  free(handle->path);
  free(handle);
  return 0;
}

static int fs_fsync(const char* path, int data_only, struct fuse_file_info* fi) {
  ENTER("fsync", name_of(path, fi));
  return result(data_only ? fdatasync(handle_of(fi)->fd) : fsync(handle_of(fi)->fd));
}

static int fs_opendir(const char* path, struct fuse_file_info* fi) {
  ENTER("opendir", path);
  return keep(fi, openat(source, below(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
}

static int fs_readdir(const char* path, void* list, fuse_fill_dir_t fill, off_t offset, struct fuse_file_info* fi,
                      enum fuse_readdir_flags flags) {
  (void)offset;
  (void)flags;
  ENTER("readdir", name_of(path, fi));
  const int fd = openat(handle_of(fi)->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR* directory = fd < 0 ? NULL : fdopendir(fd);
  if (directory == NULL) return -errno;
  for (struct dirent* entry = readdir(directory); entry != NULL; entry = readdir(directory)) {
    struct stat facts = {0};
    facts.st_ino = entry->d_ino;
    facts.st_mode = (mode_t)DTTOIF(entry->d_type);
    if (fill(list, entry->d_name, &facts, 0, 0) != 0) break;
  }
  closedir(directory);
  return 0;
}

static int fs_fsyncdir(const char* path, int data_only, struct fuse_file_info* fi) {
  (void)data_only;
  ENTER("fsyncdir", name_of(path, fi));
  return result(fsync(handle_of(fi)->fd));
}

static int fs_fallocate(const char* path, int mode, off_t offset, off_t length, struct fuse_file_info* fi) {
  ENTER("fallocate", name_of(path, fi));
  return result(fallocate(handle_of(fi)->fd, mode, offset, length));
}

static off_t fs_lseek(const char* path, off_t offset, int whence, struct fuse_file_info* fi) {
  ENTER("lseek", name_of(path, fi));
  const off_t found = lseek(handle_of(fi)->fd, offset, whence);
  return found < 0 ? -errno : found;
}

static void answer(const char* line) {
  printf("%s\n", line);
  fflush(stdout);
}

static void print_counts(const char* glob) {
  static const char* const kOps[] = {"getattr", "readlink", "mkdir",    "unlink",    "rmdir",    "symlink", "rename",
                                     "rename2", "link",     "chmod",    "chown",     "truncate", "utimens", "open",
                                     "create",  "read",     "write",    "statfs",    "flush",    "release", "fsync",
                                     "opendir", "readdir",  "fsyncdir", "fallocate", "lseek"};
  printf("{");
  for (size_t op = 0; op < sizeof kOps / sizeof *kOps; op++) {
    size_t count = 0;
    for (size_t at = 0; at < call_count; at++) {
      if (strcmp(calls[at].op, kOps[op]) == 0 && fnmatch(glob, calls[at].path, 0) == 0) count++;
    }
    printf("%s\"%s\":%zu", op == 0 ? "" : ",", kOps[op], count);
  }
  answer("}");
}

static void clear(void) {
  rule_count = 0;
  zero_statfs = false;
  unsized[0] = '\0';
  for (size_t at = 0; at < call_count; at++) free(calls[at].path);
  call_count = 0;
}

static void obey(const char* line) {
  struct rule rule = {0};
  char word[NAME_BYTES];
  if (strcmp(line, "clear") == 0) {
    clear();
  } else if (sscanf(line, "counts %255[^\n]", word) == 1) {
    print_counts(word);
    return;
  } else if (sscanf(line, "unsized %255[^\n]", unsized) == 1) {
    /* Kept as it is. */
  } else if (sscanf(line, "statfs %255s", word) == 1) {
    zero_statfs = strcmp(word, "zero") == 0;
  } else if (rule_count < MAX_RULES &&
             (sscanf(line, "fault %31s %d %ld %ld %255[^\n]", rule.op, &rule.error, &rule.skip, &rule.times,
                     rule.glob) == 5 ||
              sscanf(line, "delay %31s %d %255[^\n]", rule.op, &rule.delay_ms, rule.glob) == 3)) {
    rules[rule_count++] = rule;
  } else {
    answer("unknown");
    return;
  }
  answer("ok");
}

static void* listen_to_commands(void* unused) {
  (void)unused;
  char line[1024];
  while (fgets(line, sizeof line, stdin) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    pthread_mutex_lock(&lock);
    obey(line);
    pthread_mutex_unlock(&lock);
  }
  // A call that the loop waits for ends with it.
  umount2(mountpoint, MNT_DETACH);
  return NULL;
}

static void* fs_init(struct fuse_conn_info* connection, struct fuse_config* config) {
  (void)connection;
  // The kernel caches nothing, so that every call arrives here.
  config->entry_timeout = 0;
  config->attr_timeout = 0;
  config->negative_timeout = 0;
  config->use_ino = 1;
  config->nullpath_ok = 1;
  config->hard_remove = 1;
  static pthread_t thread;
  pthread_create(&thread, NULL, listen_to_commands, NULL);
  answer("ready");
  return NULL;
}

static const struct fuse_operations kOperations = {
    .init = fs_init,
    .getattr = fs_getattr,
    .readlink = fs_readlink,
    .mkdir = fs_mkdir,
    .unlink = fs_unlink,
    .rmdir = fs_rmdir,
    .symlink = fs_symlink,
    .rename = fs_rename,
    .link = fs_link,
    .chmod = fs_chmod,
    .chown = fs_chown,
    .truncate = fs_truncate,
    .utimens = fs_utimens,
    .open = fs_open,
    .create = fs_create,
    .read = fs_read,
    .write = fs_write,
    .statfs = fs_statfs,
    .flush = fs_flush,
    .release = fs_release,
    .fsync = fs_fsync,
    .opendir = fs_opendir,
    .readdir = fs_readdir,
    .releasedir = fs_release,
    .fsyncdir = fs_fsyncdir,
    .fallocate = fs_fallocate,
    .lseek = fs_lseek,
};

int main(int argc, char** argv) {
  if (argc != 3 || realpath(argv[2], mountpoint) == NULL) {
    fprintf(stderr, "faultfs SOURCE MOUNTPOINT\n");
    return 2;
  }
  source = open(argv[1], O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (source < 0) {
    perror(argv[1]);
    return 1;
  }
  umask(0);
  char* arguments[] = {argv[0], mountpoint, "-f", "-o", "allow_other,default_permissions,fsname=faultfs", NULL};
  return fuse_main(5, arguments, &kOperations, NULL);
}
