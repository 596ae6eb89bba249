package io.github.vdm4j.buffer;

/** An option of {@link OffHeapBuffer#map} and {@link OffHeapBuffer#mapReadOnly}. */
public enum MapOption {
    /**
     * Maps a file even if a write-back of the file has failed in this process. The caller must
     * first verify the file or restore it from a copy, because bytes may be lost. The new buffer is
     * not failed. The older mappings of the file stay failed.
     */
    AFTER_FAILED_WRITE_BACK
}
