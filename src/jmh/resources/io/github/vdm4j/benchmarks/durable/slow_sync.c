/*
 * Makes msync, fsync and fdatasync take longer. Set VDM4J_SYNC_MICROS and preload this object.
 *
 *   gcc -shared -fPIC -O2 -o slow_sync.so slow_sync.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

static void delay(void) {
    const char *micros = getenv("VDM4J_SYNC_MICROS");
    if (micros != NULL) {
        usleep((useconds_t) atoi(micros));
    }
}

int msync(void *address, size_t length, int flags) {
    int (*real)(void *, size_t, int) = dlsym(RTLD_NEXT, "msync");
    delay();
    return real(address, length, flags);
}

int fsync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fsync");
    delay();
    return real(descriptor);
}

int fdatasync(int descriptor) {
    int (*real)(int) = dlsym(RTLD_NEXT, "fdatasync");
    delay();
    return real(descriptor);
}
