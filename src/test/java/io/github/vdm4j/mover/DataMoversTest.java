package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlLibrary;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.api.parallel.Resources;

@ResourceLock(Resources.SYSTEM_PROPERTIES)
class DataMoversTest {
    private String before;

    @BeforeEach
    void remember() {
        before = System.getProperty(DmlLibrary.PROPERTY);
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty(DmlLibrary.PROPERTY);
        } else {
            System.setProperty(DmlLibrary.PROPERTY, before);
        }
    }

    @Test
    @DisplayName("a mover is always available and copies")
    void moverIsAlwaysAvailable() {
        try (var choice = DataMovers.choose(); Arena arena = Arena.ofShared()) {
            var from = arena.allocate(100).fill((byte) 7);
            var to = arena.allocate(100);
            choice.mover().memcpy(to, from).await();
            assertEquals(-1, to.mismatch(from));
            assertTrue(choice.reason().contains("DML"), choice.reason());
        }
    }

    @Test
    @DisplayName("without Intel DML, the choice is the threads mover, and the reason names the "
            + "attempts")
    void threadsMoverIsUsedWithoutDml(@TempDir Path folder) {
        Path missing = folder.resolve("libdml.so");
        System.setProperty(DmlLibrary.PROPERTY, missing.toString());
        try (var choice = DataMovers.choose()) {
            assertInstanceOf(ThreadsDataMover.class, choice.mover());
            assertTrue(choice.reason().contains(missing.toString()), choice.reason());
        }
    }
}
