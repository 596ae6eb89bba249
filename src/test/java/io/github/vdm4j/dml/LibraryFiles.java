package io.github.vdm4j.dml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vdm4j.dml.ffi.dml_h;
import io.github.vdm4j.dml.ffi.dml_job_t;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Shared objects for tests of the search for a library. Some objects work, and some have a known
 * defect.
 */
public final class LibraryFiles {
    private static final int ELF_CLASS = 4;
    private static final int ELF_MACHINE = 18;
    private static final byte CLASS_32 = 1;
    private static final byte MACHINE_AARCH64 = (byte) 183;

    private static final String DUMMY = """
            typedef struct { char name[30], isa[16], date[15], version[20], hardware[30], commit[12]; unsigned major, minor, patch; } version_t;
            static const version_t version = {
                "012345678901234567890123456789", "isa", "today ", "9.8.7-dummy", "", "0123456789ab", 9, 8, 7};
            const version_t *dml_get_library_version(void) { return &version; }
            int dml_get_job_size(int path, unsigned *size) { *size = 376; return 0; }
            int dml_init_job(int path, void *job) { return 0; }
            int dml_finalize_job(void *job) { return 0; }
            int dml_submit_job(void *job) { return 0; }
            int dml_check_job(void *job) { return 0; }
            int dml_get_batch_size(void *job, unsigned tasks, unsigned *size) { *size = 96 * tasks + 64; return 0; }
            int dml_batch_get_status(void *job, unsigned task, unsigned *status) { *status = 0; return 0; }
            """;

    /** A status that no other function returns. */
    static final int NOT_WRITTEN_BACK = dml_h.DML_STATUS_INTL_PRIVILEGE_ERROR;

    private LibraryFiles() {}

    /** A library of the system that belongs to glibc and is unrelated to DML. */
    public static Path unrelated() {
        return Stream.of("/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/usr/lib")
                .map(folder -> Path.of(folder, "libm.so.6"))
                .filter(Files::exists)
                .findFirst()
                .orElseGet(
                        () -> org.junit.jupiter.api.Assumptions
                                .abort("this system has no libm.so.6 in a usual place"));
    }

    public static Path forOtherProcessor(Path folder) throws IOException {
        return patched(folder.resolve("aarch64.so"), ELF_MACHINE, MACHINE_AARCH64);
    }

    public static Path for32Bits(Path folder) throws IOException {
        return patched(folder.resolve("elf32.so"), ELF_CLASS, CLASS_32);
    }

    private static Path patched(Path file, int offset, byte value) throws IOException {
        byte[] bytes = Files.readAllBytes(unrelated());
        bytes[offset] = value;
        return Files.write(file, bytes);
    }

    /** A shared object that exports DML's functions. They only return the version. */
    public static Path dummyDml(Path folder, String... withoutSymbols)
            throws IOException, InterruptedException {
        return compiled(folder, dummyWithout(withoutSymbols));
    }

    private static String dummyWithout(String... symbols) {
        return DUMMY.lines()
                .filter(line -> Arrays.stream(symbols)
                        .noneMatch(symbol -> line.contains(symbol + "(")))
                .reduce("", (all, line) -> all + line + "\n");
    }

    /**
     * The length of an operation that does not end while its destination begins with {@link #WAIT}.
     */
    static final int GATED = 20_000;

    static final byte WAIT = 'w';

    /** The length of a fill that leaves the address of its job in its destination. */
    static final int TELLING = 72;

    /**
     * A shared object that executes copies, fills and write-backs in the submission, on its
     * software path. It refuses operations of less than 64 bytes. The status is then the length. It
     * refuses write-backs of 8 KiB with {@link #NOT_WRITTEN_BACK}. It counts the finalized jobs in
     * {@code finalized}.
     */
    public static Path executingDml(Path folder) throws IOException, InterruptedException {
        return compiled(folder, EXECUTING + """
                int dml_submit_job(char *job) { return execute(job); }
                int dml_check_job(char *job) { return 0; }
                """);
    }

    /**
     * A shared object that executes such an operation at its third check. That operation may fail.
     */
    public static Path deferringDml(Path folder) throws IOException, InterruptedException {
        return compiled(folder, EXECUTING + """
                static __thread int asked;
                int dml_submit_job(char *job) { asked = 0; return 0; }
                int dml_check_job(char *job) { return ++asked < 3 ? %d : execute(job); }
                """.formatted(dml_h.DML_STATUS_BEING_PROCESSED));
    }

    private static final String EXECUTING =
            dummyWithout("dml_init_job", "dml_submit_job", "dml_check_job", "dml_finalize_job")
                    + """
                            #include <string.h>
                            int finalized;
                            int dml_init_job(int path, char *job) { job[300] = path; return 0; }
                            int dml_finalize_job(void *job) { __atomic_add_fetch(&finalized, 1, __ATOMIC_SEQ_CST); return 0; }
                            static int execute(char *job)
                            {
                                if (job[300] == %d)
                                    return %d;
                                int operation = *(int *)(job + %d);
                                char *from = *(char **)(job + %d), *to = *(char **)(job + %d);
                                unsigned length = *(unsigned *)(job + %d);
                                if (operation == %d && length == 8192)
                                    return %d;
                                if (length < 64)
                                    return length;
                                while (length == %d && *(volatile char *)to == '%c')
                                    ;
                                if (operation == %d)
                                    memmove(to, from, *(unsigned *)(job + %d));
                                else if (operation == %d)
                                    for (unsigned i = 0; i < length; i++)
                                        to[i] = job[%d + i %% 8];
                                else if (operation != %d || (long)to %% 64 != 0 || length %% 64 != 0)
                                    return %d;
                                if (operation == %d && length == %d)
                                    memcpy(to, &job, sizeof job);
                                return 0;
                            }
                            """
                            .formatted(
                                    dml_h.DML_PATH_HW,
                                    dml_h.DML_STATUS_WORK_QUEUES_NOT_AVAILABLE,
                                    dml_job_t.operation$offset(),
                                    dml_job_t.source_first_ptr$offset(),
                                    dml_job_t.destination_first_ptr$offset(),
                                    dml_job_t.destination_length$offset(),
                                    dml_h.DML_OP_CACHE_FLUSH,
                                    NOT_WRITTEN_BACK,
                                    GATED,
                                    WAIT,
                                    dml_h.DML_OP_MEM_MOVE,
                                    dml_job_t.source_length$offset(),
                                    dml_h.DML_OP_FILL,
                                    dml_job_t.pattern$offset(),
                                    dml_h.DML_OP_CACHE_FLUSH,
                                    dml_h.DML_STATUS_INTERNAL_ERROR,
                                    dml_h.DML_OP_FILL,
                                    TELLING);

    public static Path compiled(Path folder, String source)
            throws IOException, InterruptedException {
        Path library = Files.createTempFile(folder, "libdummydml", ".so");
        Process gcc;
        try {
            gcc = new ProcessBuilder("gcc", "-x", "c", "-shared", "-fPIC", "-w", "-o",
                    library.toString(), "-")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException e) {
            return org.junit.jupiter.api.Assumptions
                    .abort("no gcc to compile a shared object with: " + e.getMessage());
        }
        try (var out = gcc.outputWriter()) {
            out.write(source);
        }
        String said = new String(gcc.getInputStream().readAllBytes());
        assumeTrue(gcc.waitFor(60, TimeUnit.SECONDS), "gcc did not come to an end");
        assertEquals(0, gcc.exitValue(), said);
        return library;
    }
}
