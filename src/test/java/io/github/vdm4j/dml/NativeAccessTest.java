package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisplayName("Native access")
@EnabledOnOs(value = OS.LINUX, architectures = "amd64",
        disabledReason = "Intel DML exists for Linux on x86-64 only")
class NativeAccessTest {
    private static final String DENY = "--illegal-native-access=deny";

    @TempDir Path folder;

    private String library;

    @BeforeEach
    void makeALibrary() throws Exception {
        assumeTrue(Runtime.version().feature() >= 24, "--illegal-native-access came with JDK 24");
        library = LibraryFiles.dummyDml(folder).toString();
    }

    @Test
    void deniedAccessOnTheClassPathNamesTheOption() {
        ChildJvm child = run(false, DENY);
        assertEquals(0, child.exitCode(), child::toString);
        assertTwoReasonsWithTheOption(child);
    }

    @Test
    void deniedAccessOnTheModulePathNamesTheOption() {
        ChildJvm child = run(true, DENY);
        assertEquals(0, child.exitCode(), child::toString);
        assertTwoReasonsWithTheOption(child);
    }

    @Test
    void grantedAccessOpensTheLibrary() {
        for (ChildJvm child : List.of(
                run(false, DENY, "--enable-native-access=ALL-UNNAMED"),
                run(true, DENY, "--enable-native-access=io.github.vdm4j"))) {
            assertEquals(0, child.exitCode(), child::toString);
            assertEquals("opened 9.8.7-dummy\nopened 9.8.7-dummy\nsync works\n", child.output());
        }
    }

    /**
     * A second attempt must give the same reason. It must not report a class that cannot be
     * initialised.
     */
    private static void assertTwoReasonsWithTheOption(ChildJvm child) {
        String said = child.output();
        assertEquals(
                2,
                said.split(
                        "Start Java with --enable-native-access=io.github.vdm4j, or with "
                                + "ALL-UNNAMED",
                        -1).length - 1,
                child::toString);
        assertEquals(2, said.split("Intel DML is not available. Tried:", -1).length - 1,
                child::toString);
        assertFalse(said.contains("NoClassDefFoundError"), child::toString);
        assertFalse(said.contains("ExceptionInInitializerError"), child::toString);
        assertTrue(said.endsWith("sync works\n"), child::toString);
    }

    private ChildJvm run(boolean module, String... options) {
        Duration limit = Duration.ofMinutes(1);
        return module
                ? ChildJvm.onModulePath(limit, List.of(options), Open.class, library)
                : ChildJvm.onClassPath(limit, List.of(options), Open.class, library);
    }

    /** The program that the child JVM runs. */
    static final class Open {
        private Open() {}

        public static void main(String[] arguments) {
            for (int i = 0; i < 2; i++) {
                try {
                    System.out.println(
                            "opened " + DmlLibrary.open(Path.of(arguments[0])).version().version());
                } catch (DmlUnavailableException e) {
                    System.out.println(e.getMessage());
                }
            }
            try (var mover = io.github.vdm4j.mover.SyncDataMover.open();
                    var arena = java.lang.foreign.Arena.ofConfined()) {
                mover.memcpy(arena.allocate(8), arena.allocate(8)).await();
                System.out.println("sync works");
            }
        }
    }
}
