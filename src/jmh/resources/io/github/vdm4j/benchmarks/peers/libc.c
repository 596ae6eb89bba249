/* Loops over the C library's own copy and fill. */
#include <string.h>

/* Opaque to the compiler, because it would move a repeated copy out of its loop. */
#define KEEP(pointer) __asm__ volatile("" : : "r"(pointer) : "memory")

int peer_libc_copy(void *ignored, void *to, const void *from, size_t length, long times)
{
	(void)ignored;
	for (long i = 0; i < times; i++) {
		memcpy(to, from, length);
		KEEP(to);
	}
	return 0;
}

int peer_libc_fill(void *ignored, void *to, const void *from, size_t length, long times)
{
	(void)ignored;
	(void)from;
	for (long i = 0; i < times; i++) {
		memset(to, 0x5a, length);
		KEEP(to);
	}
	return 0;
}
