// Lists a directory with all below it, reads every file to its end, and prints the path of each: `read-tree DIRECTORY`.
// It ends with 1, as `grep -rL` does for a string that no file has.
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PATH_SIZE = 4096 };

static char buffer[64 << 10];

static int read_all(const char *path) {
  int file = open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return -1;
  ssize_t length;
  do length = read(file, buffer, sizeof buffer);
  while (length > 0);
  close(file);
  return (int)length;
}

static int visit(const char *directory) {
  DIR *list = opendir(directory);
  if (list == NULL) return -1;
  int failed = 0;
  struct dirent *entry;
  while ((entry = readdir(list)) != NULL) {
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    char path[PATH_SIZE];
    if (snprintf(path, sizeof path, "%s/%s", directory, entry->d_name) >= (int)sizeof path) {
      failed = -1;
    } else if (entry->d_type == DT_DIR) {
      failed |= visit(path);
    } else {
      failed |= read_all(path);
      puts(path);
    }
  }
  closedir(list);
  return failed;
}

int main(int argc, char **argv) {
  if (argc != 2) {
    fputs("usage: read-tree DIRECTORY\n", stderr);
    return 2;
  }
  if (visit(argv[1]) != 0) {
    perror(argv[1]);
    return 2;
  }
  return 1;
}
