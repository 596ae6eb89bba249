/*
 * Loops in C over Intel DML's job API. The paired harness divides the times of vdm4j by theirs.
 * Every function returns 0, or the first status that was not a success.
 */
#include <stddef.h>
#include <stdlib.h>
#include <dml/dml.h>

/* A job on the software path, or NULL. It is initialised once, like the jobs of vdm4j. */
void *peer_job_new(void)
{
	uint32_t size;
	if (dml_get_job_size(DML_PATH_SW, &size) != DML_STATUS_OK)
		return NULL;
	dml_job_t *job = aligned_alloc(64, (size + 63) & ~63u);
	if (job != NULL && dml_init_job(DML_PATH_SW, job) != DML_STATUS_OK) {
		free(job);
		return NULL;
	}
	return job;
}

void peer_job_delete(void *job)
{
	dml_finalize_job(job);
	free(job);
}

static dml_status_t finished(dml_job_t *job)
{
	dml_status_t status = dml_submit_job(job);
	if (status != DML_STATUS_OK)
		return status;
	do
		status = dml_check_job(job);
	while (status == DML_STATUS_BEING_PROCESSED);
	return status;
}

static dml_status_t move(dml_job_t *job, void *to, const void *from, size_t length)
{
	job->operation = DML_OP_MEM_MOVE;
	job->flags = DML_FLAG_PREFETCH_CACHE;
	job->source_first_ptr = (uint8_t *)from;
	job->source_length = (uint32_t)length;
	job->destination_first_ptr = to;
	job->destination_length = (uint32_t)length;
	return finished(job);
}

int peer_dml_copy(void *job, void *to, const void *from, size_t length, long times)
{
	dml_status_t status = DML_STATUS_OK;
	for (long i = 0; i < times && status == DML_STATUS_OK; i++)
		status = move(job, to, from, length);
	return (int)status;
}

int peer_dml_fill(void *job, void *to, const void *ignored, size_t length, long times)
{
	dml_job_t *fill = job;
	dml_status_t status = DML_STATUS_OK;
	(void)ignored;
	for (long i = 0; i < times && status == DML_STATUS_OK; i++) {
		fill->operation = DML_OP_FILL;
		fill->flags = DML_FLAG_PREFETCH_CACHE;
		for (int byte = 0; byte < 8; byte++)
			fill->pattern[byte] = 0x5a;
		fill->destination_first_ptr = to;
		fill->destination_length = (uint32_t)length;
		status = finished(fill);
	}
	return (int)status;
}

int peer_dml_crc(void *job, void *checksum, const void *from, size_t length, long times)
{
	dml_job_t *crc = job;
	dml_status_t status = DML_STATUS_OK;
	for (long i = 0; i < times && status == DML_STATUS_OK; i++) {
		crc->operation = DML_OP_CRC;
		crc->flags = 0;
		crc->source_first_ptr = (uint8_t *)from;
		crc->source_length = (uint32_t)length;
		crc->crc_checksum_ptr = checksum;
		status = finished(crc);
	}
	return (int)status;
}

/* A copy, then the write-back of its cache lines. The lines stay in the cache. */
int peer_dml_durable_copy(void *job, void *to, const void *from, size_t length, long times)
{
	dml_job_t *flush = job;
	dml_status_t status = DML_STATUS_OK;
	for (long i = 0; i < times && status == DML_STATUS_OK; i++) {
		status = move(flush, to, from, length);
		if (status != DML_STATUS_OK)
			break;
		flush->operation = DML_OP_CACHE_FLUSH;
		flush->flags = 0;
		flush->destination_first_ptr = to;
		flush->destination_length = (uint32_t)length;
		status = finished(flush);
	}
	return (int)status;
}

/* Each part is a 64th of the memory. */
int peer_dml_64_copies(void *job, char *to, const char *from, size_t length, long times)
{
	size_t part = length / 64;
	dml_status_t status = DML_STATUS_OK;
	for (long i = 0; i < times; i++)
		for (int task = 0; task < 64 && status == DML_STATUS_OK; task++)
			status = move(job, to + task * part, from + task * part, part);
	return (int)status;
}

static int batches(dml_job_t *job, char *to, const char *from, size_t length, long times, int again)
{
	size_t part = length / 64;
	uint32_t size;
	dml_status_t status = dml_get_batch_size(job, 64, &size);
	if (status != DML_STATUS_OK)
		return (int)status;
	void *buffer = aligned_alloc(64, (size + 63) & ~63u);
	if (buffer == NULL)
		return -1;
	for (long i = 0; i < times && status == DML_STATUS_OK; i++) {
		job->operation = DML_OP_BATCH;
		job->flags = 0;
		job->destination_first_ptr = buffer;
		job->destination_length = size;
		if (!again || i == 0)
			for (uint32_t task = 0; task < 64 && status == DML_STATUS_OK; task++)
				status = dml_batch_set_mem_move_by_index(job, task, (uint8_t *)from + task * part,
						(uint8_t *)to + task * part, (uint32_t)part, DML_FLAG_PREFETCH_CACHE);
		if (status == DML_STATUS_OK)
			status = finished(job);
	}
	free(buffer);
	return (int)status;
}

int peer_dml_batch_of_64(void *job, void *to, const void *from, size_t length, long times)
{
	return batches(job, to, from, length, times, 0);
}

int peer_dml_batch_of_64_again(void *job, void *to, const void *from, size_t length, long times)
{
	return batches(job, to, from, length, times, 1);
}
