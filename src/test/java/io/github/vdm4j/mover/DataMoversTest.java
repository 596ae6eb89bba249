package io.github.vdm4j.mover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.mover.MoverProvider.Attempt;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.ServiceConfigurationError;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
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

    /** A mistake of a user's provider leaves the remaining providers. */
    @Test
    void brokenProvidersAreReportedAndSkipped() {
        Iterator<Supplier<MoverProvider>> loaded = List.<Supplier<MoverProvider>>of(
                () -> {
                    throw new ServiceConfigurationError("Provider nope.Missing not found");
                },
                () -> provider(() -> {
                    throw new IllegalStateException("no rank");
                }, null),
                () -> provider(() -> 2, null),
                () -> provider(() -> 1, new Attempt(SyncDataMover.open(), "works", false)))
                .iterator();
        try (var choice = new DataMoversBuilder().choose(new Iterator<MoverProvider>() {
            @Override
            public boolean hasNext() {
                return loaded.hasNext();
            }

            @Override
            public MoverProvider next() {
                return loaded.next().get();
            }
        })) {
            assertInstanceOf(SyncDataMover.class, choice.mover());
            List<String> reasons = choice.reason().lines().toList();
            assertEquals("a provider failed: java.util.ServiceConfigurationError: Provider "
                    + "nope.Missing not found", reasons.getFirst());
            assertEquals("a provider failed: java.lang.IllegalStateException: no rank",
                    reasons.get(1));
            assertEquals("broken failed: java.lang.NullPointerException: attempt", reasons.get(2));
            assertEquals(List.of("works"), reasons.subList(3, reasons.size()));
        }
    }

    /** A loader can fail without progress, for example if it cannot read the class path. */
    @Test
    void searchForProvidersEnds() {
        try (var choice = new DataMoversBuilder().choose(new Iterator<MoverProvider>() {
            @Override
            public boolean hasNext() {
                throw new ServiceConfigurationError("unreadable");
            }

            @Override
            public MoverProvider next() {
                throw new NoSuchElementException();
            }
        })) {
            assertInstanceOf(ThreadsDataMover.class, choice.mover());
        }
    }

    /** A jar that contains vdm4j can lack the file that names the providers. */
    @Test
    void reasonNamesTheMissingServiceFile() {
        try (var choice = new DataMoversBuilder().choose(Collections.emptyIterator())) {
            assertInstanceOf(ThreadsDataMover.class, choice.mover());
            assertEquals("no provider of a mover was found. The jar that contains vdm4j lacks "
                    + "META-INF/services/io.github.vdm4j.mover.MoverProvider. Keep this file "
                    + "(docs/packaging.md)", choice.reason());
        }
    }

    private static MoverProvider provider(IntSupplier preference, Attempt attempt) {
        return new MoverProvider() {
            @Override
            public int preference() {
                return preference.getAsInt();
            }

            @Override
            public Attempt open(Settings settings) {
                return attempt;
            }

            @Override
            public String toString() {
                return "broken";
            }
        };
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
