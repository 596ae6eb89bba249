/* Loops in C over miniasync's DML mover, on the software path. */
#include <stddef.h>
#include <libminiasync.h>
#include <libminiasync-vdm-dml.h>

void *peer_mover_new(void)
{
	return data_mover_dml_new(DATA_MOVER_DML_SOFTWARE);
}

void peer_mover_delete(void *mover)
{
	data_mover_dml_delete(mover);
}

int peer_miniasync_copy(void *mover, void *to, const void *from, size_t length, long times)
{
	struct vdm *vdm = data_mover_dml_get_vdm(mover);
	for (long i = 0; i < times; i++) {
		struct vdm_operation_future copy = vdm_memcpy(vdm, to, (void *)from, length, 0);
		FUTURE_BUSY_POLL(&copy);
		if (FUTURE_OUTPUT(&copy)->result != VDM_SUCCESS)
			return (int)FUTURE_OUTPUT(&copy)->result;
	}
	return 0;
}

int peer_miniasync_durable_copy(void *mover, void *to, const void *from, size_t length, long times)
{
	struct vdm *vdm = data_mover_dml_get_vdm(mover);
	for (long i = 0; i < times; i++) {
		struct vdm_operation_future copy =
			vdm_memcpy(vdm, to, (void *)from, length, VDM_F_MEM_DURABLE);
		FUTURE_BUSY_POLL(&copy);
		struct vdm_operation_future flush = vdm_flush(vdm, to, length, 0);
		FUTURE_BUSY_POLL(&flush);
		if (FUTURE_OUTPUT(&flush)->result != VDM_SUCCESS)
			return (int)FUTURE_OUTPUT(&flush)->result;
	}
	return 0;
}
