package io.github.vdm4j.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;

final class PageUnavailableExceptionTest {
    @Test
    void namesTheFileSystemThatIsFull() {
        assertEquals(
                "the file system of /data/log has 4,096 bytes left. The first write of a page"
                        + " needs storage if the file is sparse, or if it shares the page with a"
                        + " snapshot or another file. Free some space. OffHeapBuffer.map reserves"
                        + " the storage of a sparse file",
                PageUnavailableException.whyFull("/data/log", 4_096));
        assertNull(PageUnavailableException.whyFull("/data/log", 1 << 20));
    }
}
