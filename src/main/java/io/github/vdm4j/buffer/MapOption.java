package io.github.vdm4j.buffer;

/** An option of {@link OffHeapBuffer#map} and {@link OffHeapBuffer#mapReadOnly}. */
public enum MapOption {
    /**
     * Maps a file even if a write-back of the file has failed in this process. The caller must
     * first verify the file or restore it from a copy, because bytes may be lost. The new buffer is
     * not failed. The older mappings of the file stay failed.
     */
    AFTER_FAILED_WRITE_BACK,

    /**
     * Advises the kernel that the program accesses short ranges in any order. The kernel then
     * caches the file in pages of 4 KiB and reads no pages ahead.
     *
     * <p>Without this advice, many file systems cache a file in blocks of up to 2 MiB. A durable
     * operation of a few bytes then writes its whole block to the storage (docs/adr/0032). With
     * the advice, it writes one page, and long sequential reads of uncached bytes are slower.
     *
     * <p>The advice does not change blocks that are in the cache already. It has no effect without
     * native access and outside of Linux on x86-64.
     *
     * <p>C counterpart: {@code madvise(MADV_RANDOM)}.
     */
    RANDOM_ACCESS
}
