package io.github.vdm4j.buffer;

/** An option of {@link OffHeapBuffer#map} and {@link OffHeapBuffer#mapReadOnly}. */
public enum MapOption {
    /**
     * Maps a file even if a write-back of it has failed in this process. The caller acknowledges
     * that bytes of the file may be lost, and has verified the file or restored it from a copy. The
     * new buffer is not failed. The older mappings of the file stay failed.
     */
    AFTER_FAILED_WRITE_BACK
}
