package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

final class PageUnavailableExceptionTest {
    @Test
    void namesTheFileSystemThatIsFull() {
        assertEquals(
                "the file system of /data/log has 4,096 bytes left, and a page of a sparse file"
                        + " gets its storage at the first write. Free some space, and map such "
                        + "a file with"
                        + " OffHeapBuffer.map, which reserves its storage",
                PageUnavailableException.whyFull("/data/log", 4_096));
        assertNull(PageUnavailableException.whyFull("/data/log", 1 << 20));
    }
}
