/*
 * An ordinary client of DSA. It opens a work queue and moves bytes. It shows that a child of the
 * process may not use the queue. It prints its findings, and ends with 0 if they are the same as on
 * a real device.
 *
 *   gcc -O1 -o dsa-client dsa-client.c && scripts/dsa-emulator --system -- ./dsa-client /dev/dsa/wq0.0
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define SIZE (3 * 4096)
#define MOVE 3
#define RECORD_FLAGS 0x0c /* address valid, record requested */
#define PAGE_FAULT 0x03
#define WRITE_FAULT 0x80

struct descriptor {
  uint32_t pasid, flags_and_opcode;
  uint64_t record, source, destination;
  uint32_t size, reserved;
  uint64_t more[3];
};

struct record {
  volatile uint8_t status, result;
  uint16_t reserved;
  uint32_t completed;
  uint64_t fault;
  uint64_t more[2];
};

static struct record record __attribute__((aligned(32)));

static int submit(int fd, const uint8_t *source, uint8_t *destination, uint32_t size) {
  struct descriptor descriptor = {
      .flags_and_opcode = RECORD_FLAGS | MOVE << 24,
      .record = (uintptr_t) &record,
      .source = (uintptr_t) source,
      .destination = (uintptr_t) destination,
      .size = size,
  };
  record.status = 0;
  return write(fd, &descriptor, sizeof descriptor) == sizeof descriptor ? 0 : errno;
}

int main(int count, char **arguments) {
  int fd = open(count > 1 ? arguments[1] : "/dev/dsa/wq0.0", O_RDWR);
  if (fd < 0) {
    perror("open");
    return 1;
  }

  static uint8_t source[SIZE];
  for (int i = 0; i < SIZE; i++) source[i] = (uint8_t) (i * 7);
  /* Fresh memory: its pages are missing until they are touched. */
  uint8_t *destination = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  uint32_t done = 0, faults = 0;
  while (done < SIZE) {
    int error = submit(fd, source + done, destination + done, SIZE - done);
    if (error) {
      printf("write: errno %d\n", error);
      return 1;
    }
    while (record.status == 0) {}
    if (record.status == 1) {
      done = SIZE;
    } else if (record.status == (PAGE_FAULT | WRITE_FAULT) && ++faults < 10) {
      done += record.completed;
      *(volatile uint8_t *) record.fault = 0;
    } else {
      printf("status 0x%02x\n", record.status);
      return 1;
    }
  }
  int equal = memcmp(source, destination, SIZE) == 0;
  printf("moved %d bytes with %u page faults: %s\n", SIZE, faults, equal ? "equal" : "different");

  int child_error = 0;
  pid_t child = fork();
  if (child == 0) _exit(submit(fd, source, destination, SIZE));
  int status;
  waitpid(child, &status, 0);
  child_error = WEXITSTATUS(status);
  printf("a child's write: errno %d\n", child_error);
  return equal && child_error == EPERM ? 0 : 1;
}
