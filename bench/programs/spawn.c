// Starts PROGRAM COUNT times, one after the other, as the C library's users do: `spawn COUNT PROGRAM`.
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
  if (argc != 3) {
    fputs("usage: spawn COUNT PROGRAM\n", stderr);
    return 2;
  }
  for (long left = atol(argv[1]); left > 0; left--) {
    pid_t child = fork();
    if (child == 0) {
      execv(argv[2], &argv[2]);
      _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
      fprintf(stderr, "%s cannot be started, or failed\n", argv[2]);
      return 1;
    }
  }
  return 0;
}
