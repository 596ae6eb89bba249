package io.github.vdm4j.machine;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Opens shared objects by the system's own dynamic loader, because {@link
 * SymbolLookup#libraryLookup} keeps the loader's words to itself. A library stays open for the life
 * of the JVM.
 */
public final class DynamicLoader {
    /**
     * Now, not when a function is first called: what a library misses would end the process then.
     */
    private static final int RTLD_NOW = 2;

    private static final String LIB_C = "libc.so.6";

    /** A buffer can be this long; it is read up to the zero only. */
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
     * @throws UnsatisfiedLinkError if this platform has them not
     * @throws IllegalCallerException if native access is denied
     */
    public DynamicLoader() {
        PlainCall.handle(); // before anything is called: it may be denied
        SymbolLookup libC = libC();
        dlopen = find(libC, "dlopen");
        dlerror = find(libC, "dlerror");
        strdup = find(libC, "strdup");
        free = find(libC, "free");
    }

    /**
     * In the same way as other libraries, which spares a JVM that has just started another one;
     * null if there is none by that name.
     */
    static SymbolLookup libC() {
        try {
            return symbols(LIB_C);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /**
     * In the C library since version 2.34 of glibc, before that in another one, which the JDK
     * knows.
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

    /**
     * Opens a library.
     *
     * @param file a path with a slash, or a name to be searched for where the loader searches
     * @return its symbols
     * @throws LoadException with the loader's words, without the name in front
     */
    public SymbolLookup open(String file) throws LoadException {
        try (Arena arena = Arena.ofConfined()) {
            byte[] name = file.getBytes(StandardCharsets.UTF_8);
            MemorySegment ended = arena.allocate(name.length + 1L); // by the zero that is there
            ended.asByteBuffer().put(name); // a JVM knows how to do that when it starts, and not how to write with a layout
            if (PlainCall.call(dlopen, ended.address(), RTLD_NOW) == 0) {
                throw new LoadException(words(file));
            }
        }
        return symbols(file);
    }

    /**
     * The same library again, which is open now. The JDK finds symbols without a native call that
     * would have to be linked.
     */
    private static SymbolLookup symbols(String file) {
        return SymbolLookup.libraryLookup(file, Arena.global());
    }

    /**
     * The loader frees its words when this thread next has to do with it, as it may by whatever
     * Java does here for the first time.
     */
    private String words(String file) {
        long lent = PlainCall.call(dlerror, 0, 0);
        long message = lent == 0 ? 0 : PlainCall.call(strdup, lent, 0);
        if (message == 0) {
            return "the dynamic loader gave no reason";
        }
        String words = string(message);
        PlainCall.call(free, message, 0);
        return words.startsWith(file + ": ") ? words.substring(file.length() + 2) : words;
    }

    /**
     * A buffer, as a JVM that has just started takes milliseconds to read its first string of C by
     * itself, and one name that is not there is usual.
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

    /** The loader refused a library. */
    public static final class LoadException extends Exception {
        private static final long serialVersionUID = 1L;

        LoadException(String words) {
            super(words);
        }
    }
}
