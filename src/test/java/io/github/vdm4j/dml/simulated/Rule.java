package io.github.vdm4j.dml.simulated;

/**
 * A rule of the job API. If a caller breaks it, the real library crashes, hangs or does the wrong
 * thing.
 */
enum Rule {
    NEVER_INITIALISED("a job that was never initialised is used"),
    FINALISED("a job is used after it was finalised"),
    INITIALISED_TWICE("a live job is initialised again"),
    MOVED("a job was moved in memory: its internal pointer is absolute"),
    OVERWRITTEN("the internal part of a job was overwritten"),
    CHECKED_UNSUBMITTED("H1: a job is checked whose submission was never accepted"),
    CHECKED_AFTER_END("a job is checked again after its end was reported"),
    SUBMITTED_IN_FLIGHT("a job is submitted while its last submission is in flight"),
    FINALISED_IN_FLIGHT("a job is finalised while its submission is in flight"),
    TWO_THREADS("H13: two threads are in one job at the same time"),
    LENGTH_ZERO("H4: a length of 0 is submitted"),
    LENGTH_ABOVE_LIMIT("H5: a length above the queue's max_transfer_size is submitted"),
    NULL_ADDRESS("an address is null"),
    OUT_OF_BOUNDS("H14: an address range is not inside of allowed memory"),
    CLOSED_MEMORY("H14: memory was closed under an operation"),
    COPY_OVERLAP("H6: COPY_ONLY with ranges that overlap"),
    PARTIAL_LINES("H10: a cache flush of anything but whole lines"),
    STALE_FIELD("a field was not written anew before the submission"),
    DROPPED_FLAGS("flags are set that the library drops"),
    FENCED_ALONE("H8: the fence bit is set outside of a batch"),
    FENCE_FLAG("H12: DML_FLAG_FENCE is set, which fences nothing"),
    WRONG_FLAGS("flags are set that the operation does not have"),
    DURABLE_FLAGS("a durable task lacks one of 0x8000 and 0x4000, or has 0x100 with them"),
    OVERLAP("ranges overlap that must not"),
    COMPARE_ENDLESS("a compare of 0xFFFFFFC0 bytes or more, which never returns"),
    EXPECTED_RESULT("the result is checked against one that cannot be expected"),
    CRC_POINTER("the pointer to a CRC is null or not 4-aligned"),
    DUALCAST_ALIGNMENT("the destinations of a dualcast differ in their bits 11:0"),
    DELTA_ALIGNMENT("an address or the length of a delta operation is not a multiple of 8"),
    DELTA_LENGTH("a delta operation of more than 0x80000 bytes"),
    DELTA_RECORD_LENGTH(
            "a delta record of less than 80 bytes' capacity, or of a size that is no multiple "
                    + "of 10"),
    DELTA_RECORD("H25: a delta record is applied whose offsets fall or leave the destination"),
    DIF_BLOCK_SIZE("the block size of DIF is none of the four"),
    DIF_FLAGS("flags of DIF are set that are reserved"),
    DIF_LENGTH("the length of a DIF operation is not a multiple of its blocks"),
    DIF_STRIP_ADJACENT("the source of a DIF strip follows its destination too closely"),
    BATCH_SIZE("H26: a batch of less than 4 tasks"),
    BATCH_LIMIT("H26: a batch of more tasks than the queue's max_batch_size"),
    BATCH_ALIGNMENT("H26: the buffer of a batch is not 64-aligned"),
    BATCH_TASK_UNSET(
            "H26: a task of a batch was never set, or the buffer is larger than its tasks"),
    BATCH_RECORD(
            "a task of a batch does not ask for its completion record, in its place behind the "
                    + "descriptors"),
    BATCH_RECORD_STALE("H26: the completion record of a task still says how it ended before"),
    BATCH_NESTED("a batch or a drain in a batch"),
    BATCH_CHANGED("the descriptors of a batch were changed in flight"),
    RESERVED_FIELD("bytes of a descriptor are set that mean nothing to its operation"),
    UNKNOWN_OPERATION("the operation is none that the simulation knows"),
    UNKNOWN_PATH("the path is none of DML's"),
    LEAKED("a job is still initialised at the end"),
    SIMULATOR_FAILED("the simulation itself threw");

    private final String meaning;

    Rule(String meaning) {
        this.meaning = meaning;
    }

    @Override
    public String toString() {
        return name() + " (" + meaning + ")";
    }
}
