/* A loop that describes an operation, submits it by write() and looks at its completion record. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct slot {
	uint64_t descriptor[8];
	volatile uint8_t record[64];
	int file;
};

/* A slot on /dev/null, or NULL. */
void *peer_slot_new(void)
{
	struct slot *slot = aligned_alloc(64, 192);
	if (slot == NULL)
		return NULL;
	memset(slot, 0, sizeof *slot);
	slot->file = open("/dev/null", O_RDWR | O_CLOEXEC);
	return slot->file < 0 ? NULL : slot;
}

int peer_dsa_submit(void *context, void *to, const void *from, size_t length, long times)
{
	struct slot *slot = context;
	int complete = 0;
	for (long i = 0; i < times; i++) {
		volatile uint64_t *record = (volatile uint64_t *)slot->record;
		record[0] = record[1] = record[2] = record[3] = 0;
		slot->descriptor[0] = (uint64_t)3 << 56 | (uint64_t)0xc << 32;
		slot->descriptor[1] = (uintptr_t)slot->record;
		slot->descriptor[2] = (uintptr_t)from;
		slot->descriptor[3] = (uintptr_t)to;
		slot->descriptor[4] = length;
		slot->descriptor[5] = slot->descriptor[6] = slot->descriptor[7] = 0;
		__sync_synchronize();
		if (write(slot->file, slot->descriptor, 64) != 64)
			return -1;
		complete |= __atomic_load_n(&slot->record[0], __ATOMIC_ACQUIRE);
	}
	return complete;
}
