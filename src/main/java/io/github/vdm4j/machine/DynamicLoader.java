package io.github.vdm4j.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The system's dynamic loader for shared objects. It reports the loader's own error text, because
 * {@link SymbolLookup#libraryLookup} hides this text. A library stays open for the life of the JVM.
 */
public final class DynamicLoader {
    /**
     * Resolves all symbols when the library is opened. With lazy binding, a missing symbol would
     * end the process at the first call.
     */
    private static final int RTLD_NOW = 2;

    private static final String LIB_C = "libc.so.6";

    /** The size of the view of a string. Only the bytes up to its terminating zero are read. */
    private static final long MORE_THAN_ANY_STRING = 1L << 30;

    /** {@code void *dlopen(const char *file, int mode)}. */
    private final MemorySegment dlopen;

    /** {@code char *dlerror(void)}. */
    private final MemorySegment dlerror;

    /** {@code char *strdup(const char *string)}. */
    private final MemorySegment strdup;

    /** {@code void free(void *memory)}. */
    private final MemorySegment free;

    /**
     * Finds the loader's functions.
     *
     * @throws UnsatisfiedLinkError if this platform lacks a function
     */
    public DynamicLoader() {
        PlainCall.handle(); // throws before any call if native access is denied
        SymbolLookup libC = libC();
        dlopen = find(libC, "dlopen");
        dlerror = find(libC, "dlerror");
        strdup = find(libC, "strdup");
        free = find(libC, "free");
    }

    /** Returns the symbols of the C library, or null if no library has that name. */
    static SymbolLookup libC() {
        try {
            return symbols(LIB_C);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * Returns the address of a function of the loader. Since glibc 2.34, the C library contains
     * these functions. In earlier versions, another library contains them, and the JDK's default
     * look-up finds that library.
     */
    private static MemorySegment find(SymbolLookup libC, String name) {
        Optional<MemorySegment> found = libC == null ? Optional.empty() : libC.find(name);
        if (found.isEmpty()) {
            found = Linker.nativeLinker().defaultLookup().find(name);
        }
        if (found.isEmpty()) {
            throw new UnsatisfiedLinkError("this platform has no " + name);
        }
        return found.get();
    }

    /** Opens a library by a path with a slash, or by a name for the loader to search. */
    public SymbolLookup open(String file) throws LoadException {
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = file.getBytes(StandardCharsets.UTF_8);
            MemorySegment terminated = arena.allocate(name.length + 1L); // ends with a zero
            // This uses a byte buffer, because the first layout access of a JVM takes milliseconds.
            terminated.asByteBuffer().put(name);
            if (PlainCall.call(dlopen, terminated.address(), RTLD_NOW) == 0) {
                throw new LoadException(errorText(file));
            }
        }
        return symbols(file);
    }

    /** Returns the symbols of an open library. The JDK finds them without another downcall. */
    private static SymbolLookup symbols(String file) {
        return SymbolLookup.libraryLookup(file, Arena.global());
    }

    /**
     * Returns the loader's last error. The method copies the text at once, because the next call of
     * the loader on this thread frees the text. Loading a Java class may cause such a call.
     */
    private String errorText(String file) {
        long borrowed = PlainCall.call(dlerror, 0, 0);
        long message = borrowed == 0 ? 0 : PlainCall.call(strdup, borrowed, 0);
        if (message == 0) {
            return "the dynamic loader gave no reason";
        }
        String text = string(message);
        PlainCall.call(free, message, 0);
        return text.startsWith(file + ": ") ? text.substring(file.length() + 2) : text;
    }

    /**
     * Returns a C string. The method reads through a byte buffer, because the JDK's first
     * {@code getString} takes milliseconds. Libraries are often missing, and each failed opening
     * would take that time.
     */
    private static String string(long address) {
        ByteBuffer bytes =
                MemorySegment.ofAddress(address).reinterpret(MORE_THAN_ANY_STRING).asByteBuffer();
        int length = 0;
        while (bytes.get(length) != 0) {
            length++;
        }
        byte[] copied = new byte[length];
        bytes.get(copied);
        return new String(copied, StandardCharsets.UTF_8);
    }

    public static final class LoadException extends Exception {
        private static final long serialVersionUID = 1L;

        LoadException(String message) {
            super(message);
        }
    }
}
