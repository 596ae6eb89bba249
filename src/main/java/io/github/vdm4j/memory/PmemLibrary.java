package io.github.vdm4j.memory;

import io.github.vdm4j.machine.DynamicLoader;
import io.github.vdm4j.machine.NativeCall;
import io.github.vdm4j.machine.PlatformName;
import io.github.vdm4j.memory.ffi.pmem_h;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The library libpmem. It chooses the write-back instruction of this processor. It recognises
 * platforms with caches that survive a power failure. If libpmem is missing, {@link
 * #whyUnavailable()} returns the reason.
 */
public final class PmemLibrary implements DurableMoves {
    /** The system property that names the library's file. An empty value switches libpmem off. */
    public static final String PROPERTY = "vdm4j.pmem.library";

    /** The environment variable with the library's file. An empty value switches libpmem off. */
    public static final String ENVIRONMENT = "VDM4J_PMEM_LIBRARY";

    private static final String SONAME = "libpmem.so.1";

    private final String location;

    private final MemorySegment persist;
    private final MemorySegment memmovePersist;
    private final MemorySegment memsetPersist;
    private final MemorySegment isPmem;

    private PmemLibrary(String location, SymbolLookup symbols) {
        this.location = location;
        persist = find(symbols, "pmem_persist");
        memmovePersist = find(symbols, "pmem_memmove_persist");
        memsetPersist = find(symbols, "pmem_memset_persist");
        isPmem = find(symbols, "pmem_is_pmem");
    }

    private MemorySegment find(SymbolLookup symbols, String name) {
        return symbols
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError(
                        location + " has no symbol " + name + ": not a libpmem"));
    }

    /**
     * The handles. They are created after the check that native access is enabled. The first
     * argument is the function's address (docs/adr/0002). The next arguments are the segments,
     * because the JDK then keeps their arenas open during a call.
     */
    private static final class Calls {
        static final MethodHandle PERSIST = Linker.nativeLinker().downcallHandle(shape());
        static final MethodHandle MEMMOVE_PERSIST =
                Linker.nativeLinker().downcallHandle(memmoveShape());
        static final MethodHandle MEMSET_PERSIST =
                Linker.nativeLinker().downcallHandle(memsetShape());

        // int pmem_is_pmem(const void *address, size_t length)
        static final MethodHandle IS_PMEM = Linker.nativeLinker()
                .downcallHandle(FunctionDescriptor.of(pmem_h.C_INT, pmem_h.C_LONG, pmem_h.C_LONG));

        /** For brief calls. The thread stays in Java, and garbage collections wait for the call. */
        static final MethodHandle MEMMOVE_PERSIST_BRIEFLY =
                Linker.nativeLinker().downcallHandle(memmoveShape(), Linker.Option.critical(false));
    }

    /** The number of bytes that a copy moves in about a microsecond. */
    private static final int BRIEF_BYTES = 4 << 10;

    /**
     * {@code void pmem_persist(const void *address, size_t length)}. The method does not use the
     * generated descriptor, because its class requires this class's loader to load the library.
     */
    static FunctionDescriptor shape() {
        return FunctionDescriptor.ofVoid(pmem_h.C_POINTER, pmem_h.C_LONG);
    }

    /** {@code void *pmem_memmove_persist(void *destination, const void *source, size_t length)}. */
    static FunctionDescriptor memmoveShape() {
        return FunctionDescriptor.of(pmem_h.C_POINTER, pmem_h.C_POINTER, pmem_h.C_POINTER,
                pmem_h.C_LONG);
    }

    /** {@code void *pmem_memset_persist(void *range, int value, size_t length)}. */
    static FunctionDescriptor memsetShape() {
        return FunctionDescriptor.of(pmem_h.C_POINTER, pmem_h.C_POINTER, pmem_h.C_INT,
                pmem_h.C_LONG);
    }

    private static final class Search {
        static final PmemLibrary FOUND;
        static final String REASON;

        static {
            PmemLibrary found = null;
            String reason = null;
            try {
                found = open(setting());
            } catch (DynamicLoader.LoadException e) {
                reason = setting() + ": " + e.getMessage();
            } catch (UnsatisfiedLinkError | IllegalCallerException e) {
                reason = e.getMessage();
            }
            FOUND = found;
            REASON = reason;
        }
    }

    private static String setting() {
        String property = System.getProperty(PROPERTY);
        String file = property != null ? property : System.getenv(ENVIRONMENT);
        return file == null ? SONAME : file;
    }

    static PmemLibrary open(String file) throws DynamicLoader.LoadException {
        if (file.isEmpty()) {
            throw new UnsatisfiedLinkError("switched off by " + PROPERTY + " or " + ENVIRONMENT);
        }
        if (!PlatformName.nativeCallsAllowed()) {
            throw new UnsatisfiedLinkError(
                    PlatformName.isLinuxX64()
                            ? "native access is not enabled for vdm4j (--enable-native-access)"
                            : "used on Linux x86-64 only, this is " + PlatformName.current());
        }
        String name = file.equals(SONAME) ? file : Path.of(file).toAbsolutePath().toString();
        return new PmemLibrary(name, new DynamicLoader().open(name));
    }

    /** Returns the library, or empty if {@link #whyUnavailable()} has a reason. */
    public static Optional<PmemLibrary> find() {
        return Optional.ofNullable(Search.FOUND);
    }

    /** Returns why libpmem is unavailable, or empty if it is available. */
    public static Optional<String> whyUnavailable() {
        return Optional.ofNullable(Search.REASON);
    }

    /** Returns the name or the path by which the loader has found the library. */
    public String location() {
        return location;
    }

    @Override
    public void writeBack(MemorySegment range) {
        try {
            Calls.PERSIST.invokeExact(persist, range, range.byteSize());
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    @Override
    public boolean recognizes(MemorySegment range) {
        try {
            return (int) Calls.IS_PMEM.invokeExact(isPmem, range.address(), range.byteSize()) != 0;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    @Override
    public void copy(MemorySegment destination, MemorySegment source) {
        try {
            long length = source.byteSize();
            var ignored = length <= BRIEF_BYTES
                    ? (MemorySegment) Calls.MEMMOVE_PERSIST_BRIEFLY.invokeExact(memmovePersist,
                            destination, source,
                            length)
                    : (MemorySegment) Calls.MEMMOVE_PERSIST.invokeExact(memmovePersist, destination,
                            source, length);
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }

    @Override
    public void fill(MemorySegment range, byte value) {
        try {
            var ignored = (MemorySegment) Calls.MEMSET_PERSIST.invokeExact(
                    memsetPersist, range, (int) value, range.byteSize());
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
    }
}
