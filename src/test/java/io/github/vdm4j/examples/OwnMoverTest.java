package io.github.vdm4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.ExecutionPath;
import io.github.vdm4j.Vdm;
import io.github.vdm4j.VdmContract;
import io.github.vdm4j.VdmFlags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The contract of movers for {@link OwnMover}, a user's own mover. */
class OwnMoverTest extends VdmContract {

    @Override
    protected Vdm open() {
        return new OwnMover();
    }

    @Override
    protected Set<ExecutionPath> paths() {
        return Set.of(ExecutionPath.JVM);
    }

    @Test
    void moverCountsItsOwnCopies() {
        try (var mover = new OwnMover()) {
            mover.memcpy(memory(100), noise(100, 1)).await();
            mover.memset(memory(10), (byte) 1).await();
            var operation = mover.newOperation();
            operation.memcpy(memory(20), noise(20, 1), VdmFlags.NO_CACHE_HINT).busyPoll();

            assertEquals(120, mover.copied());
            assertEquals(130, mover.counters().bytes());
            assertEquals(3, mover.counters().completed());
        }
    }

    @Test
    void moverFitsOnAScreen() throws IOException {
        long lines = Files.readAllLines(
                Path.of("src/examples/java/io/github/vdm4j/examples/OwnMover.java")).size();
        assertTrue(lines <= 60, () -> lines + " lines");
    }
}
