package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class StagedFileTest {
    /** An interrupt of the command must not wait until the storage of a large file is allocated. */
    @Test
    @Timeout(60)
    void discardDoesNotWaitForTheAllocation(@TempDir Path folder) throws Exception {
        StagedFile staged = StagedFile.in(folder);
        var mapping = new FutureTask<>(() -> staged.map(1L << 30, 4096));
        Thread.ofPlatform().start(mapping);
        while (staged.channel().size() == 0) {
            Thread.onSpinWait();
        }
        staged.close();
        Throwable refused = assertThrows(ExecutionException.class, mapping::get).getCause();
        assertEquals("the command was interrupted", refused.getMessage());
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }

    @Test
    void discardedFileIsNotCreatedAgain(@TempDir Path folder) throws Exception {
        StagedFile staged = StagedFile.in(folder);
        staged.close();
        assertThrows(IOException.class, () -> staged.map(4096));
        assertThrows(IOException.class, () -> staged.moveTo(folder.resolve("target")));
        try (var left = Files.list(folder)) {
            assertEquals(0, left.count());
        }
    }
}
