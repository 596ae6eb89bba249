package io.github.vdm4j.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vdm4j.dml.ChildJvm;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("H27: force() of persistent memory needs the C2 compiler")
class JdkPageWriteBackTest {

    /** The options of a JVM with the defaults. Such a JVM shows no diagnostic option. */
    private static Map<String, String> defaults() {
        return new HashMap<>(Map.of("UseCompiler", "true", "TieredStopAtLevel", "4",
                "CompilationMode", "default"));
    }

    private static String whyNot(Map<String, String> options) {
        return JdkPageWriteBack.whyNot(options::get);
    }

    private static String whyNotWith(String option, String value) {
        Map<String, String> options = defaults();
        options.put(option, value);
        return whyNot(options);
    }

    @Test
    void compilerIsOnByDefault() {
        assertNull(whyNot(defaults()));
        assertNull(whyNot(Map.of()), "a JVM without such options");
        assertNull(whyNotWith("CompilationMode", "high-only"));
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({"UseCompiler, false", "UseInterpreterOnly, true", "TieredStopAtLevel, 0",
        "TieredStopAtLevel, 1",
        "TieredStopAtLevel, 2", "TieredStopAtLevel, 3", "CompilationMode, quick-only"})
    void reasonNamesTheRemedies(String option, String value) {
        String reason = whyNotWith(option, value);
        assertTrue(
                reason.contains("C2") && reason.contains("-XX:-DelayCompilerStubsGeneration")
                        && reason.contains("libpmem.so.1"),
                reason);
    }

    @ParameterizedTest(name = "{0} = {1}")
    @CsvSource({"UseCompiler, false", "TieredStopAtLevel, 1", "CompilationMode, quick-only"})
    void compilerIsNotNeededWithEarlyStubs(String option, String value) {
        Map<String, String> options = defaults();
        options.put(option, value);
        options.put("DelayCompilerStubsGeneration", "false");
        assertNull(whyNot(options));
        options.put("DelayCompilerStubsGeneration", "true");
        assertTrue(whyNot(options).contains("C2"));
    }

    /** Prints the decision in its JVM. */
    static final class Decision {
        private Decision() {}

        public static void main(String[] arguments) {
            System.out.println("decision: " + JdkPageWriteBack.whyNotOnPersistentMemory());
        }
    }

    private static void assertDecision(String expected, String... options) {
        ChildJvm child =
                ChildJvm.onClassPath(Duration.ofMinutes(1), List.of(options), Decision.class);
        assertEquals(0, child.exitCode(), child::toString);
        assertTrue(child.output().contains("decision: " + expected), child::toString);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-Xint", "-XX:TieredStopAtLevel=0", "-XX:TieredStopAtLevel=1",
        "-XX:TieredStopAtLevel=3",
        "-XX:CompilationMode=quick-only"})
    void missingCompilerIsDetected(String option) {
        assertDecision("the JVM runs without its C2 compiler", option);
    }

    @Test
    void presentCompilerIsDetected() {
        assertDecision("null");
        assertDecision("null", "-XX:-TieredCompilation");
        assertDecision("null", "-Xint", "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-DelayCompilerStubsGeneration");
    }
}
