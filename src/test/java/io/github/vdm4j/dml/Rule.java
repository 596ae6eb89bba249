package io.github.vdm4j.dml;

/** What a caller of the job API must never do, because the real library would crash, hang or do the wrong thing. */
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
