package io.github.vdm4j.dml.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.DmlLibrary;
import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.machine.PlainCall;
import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("The shapes written by hand")
class DmlShapesIT {

    /**
     * Loads the library. The generated classes look functions up in the libraries of this class
     * loader.
     */
    @BeforeAll
    static void loadTheRealLibraryForTheGeneratedClasses() throws IOException {
        var why = DmlLibrary.whyUnavailable();
        assumeTrue(why.isEmpty(), () -> "needs libdml: " + why.orElseThrow().attempts());
        String name = Path.of(DmlLibrary.open().location()).getFileName().toString();
        System.load(
                Files.readString(Path.of("/proc/self/maps"))
                        .lines()
                        .filter(line -> line.contains("/libdml"))
                        .map(line -> line.substring(line.indexOf('/')))
                        .filter(file -> file.contains(name))
                        .findFirst()
                        .orElseThrow());
    }

    /**
     * The number of additional arguments. These are open segments, or unused arguments of a plain
     * call.
     */
    private static final Map<String, Integer> SURPLUS =
            Map.of("dml_submit_job", 3, "dml_get_job_size", 1, "dml_init_job", 1,
                    "dml_finalize_job", 2, "dml_get_library_version", 3);

    /** The functions with handles that pass every integer in a register of 64 bits. */
    private static final Set<String> PLAIN =
            Set.of("dml_get_job_size", "dml_init_job", "dml_finalize_job", "dml_get_batch_size",
                    "dml_batch_get_status", "dml_get_library_version");

    @Test
    void handlesHaveTheGeneratedDescriptors() {
        Map<String, FunctionDescriptor> generated = Map.of(
                "dml_get_job_size", dml_h.dml_get_job_size$descriptor(),
                "dml_init_job", dml_h.dml_init_job$descriptor(),
                "dml_finalize_job", dml_h.dml_finalize_job$descriptor(),
                "dml_submit_job", dml_h.dml_submit_job$descriptor(),
                "dml_check_job", dml_h.dml_check_job$descriptor(),
                "dml_get_batch_size", dml_h.dml_get_batch_size$descriptor(),
                "dml_batch_get_status", dml_h.dml_batch_get_status$descriptor(),
                "dml_get_library_version",
                dml_h.dml_get_library_version.makeInvoker().descriptor());
        Map<String, MethodType> written = Map.of(
                "dml_get_job_size", PlainCall.handle().type(),
                "dml_init_job", PlainCall.handle().type(),
                "dml_finalize_job", PlainCall.handle().type(),
                "dml_submit_job", DmlFunctions.Submit.HANDLE.type(),
                "dml_check_job", DmlFunctions.Check.HANDLE.type(),
                "dml_get_batch_size", PlainCall.handle().type(),
                "dml_batch_get_status", PlainCall.handle().type(),
                "dml_get_library_version", PlainCall.handle().type());
        assertEquals(generated.keySet(), written.keySet());
        generated.forEach((name, descriptor) -> {
            MethodType expected = descriptor.toMethodType();
            MethodType shape = written.get(name).dropParameterTypes(0, 1); // the function's address
            boolean plain = PLAIN.contains(name);
            assertEquals(
                    passed(expected.returnType(), plain),
                    plain ? long.class : passed(shape.returnType(), false),
                    name);
            for (int i = 0; i < expected.parameterCount(); i++) {
                assertEquals(passed(expected.parameterType(i), plain),
                        passed(shape.parameterType(i), plain),
                        name + ", parameter " + i);
            }
            int surplus = SURPLUS.getOrDefault(name, 0);
            assertEquals(expected.parameterCount() + surplus, shape.parameterCount(), name);
        });
    }

    /**
     * Returns the type of the register. Calls pass a pointer like a long. A plain call also passes
     * an int like a long.
     */
    private static Class<?> passed(Class<?> type, boolean plain) {
        return type == MemorySegment.class || plain && type == int.class ? long.class : type;
    }
}
