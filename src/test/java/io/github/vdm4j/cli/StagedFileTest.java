package io.github.vdm4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedFileTest {
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
