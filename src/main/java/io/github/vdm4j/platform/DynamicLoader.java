package io.github.vdm4j.platform;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/**
 * Opens shared objects by the system's own dynamic loader, because {@link
 * SymbolLookup#libraryLookup} keeps the loader's words to itself. A library stays open for the life
 * of the JVM.
 */
public final class DynamicLoader {
    /** Now, not when a function is first called: what a library misses would end the process then. */
    private static final int RTLD_NOW = 2;

    private static final long LONGEST_MESSAGE = 4096;

    /**
     * {@code void *dlopen(const char *file, int mode)}; linked once, which takes milliseconds, and not with the class, as it may
     * be refused for want of native access.
     */
    private static volatile MethodHandle linked;

    private final MemorySegment dlopen;
    private final MethodHandle open;

    /**
     * Finds the loader's function.
     *
     * @throws UnsatisfiedLinkError if this platform has none
     * @throws IllegalCallerException if native access is denied
     */
    public DynamicLoader() {
        dlopen = find("dlopen");
        MethodHandle known = linked;
        if (known == null) {
            known = Linker.nativeLinker().downcallHandle(FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT));
            linked = known;
        }
        open = known;
    }

    private static MemorySegment find(String name) {
        return Linker.nativeLinker()
                .defaultLookup()
                .find(name)
                .orElseThrow(() -> new UnsatisfiedLinkError("this platform has no " + name));
    }

    /**
     * Opens a library.
     *
     * @param file a path with a slash, or a name to be searched for where the loader searches
     * @return its symbols
     * @throws LoadException with the loader's words, without the name in front
     */
    public SymbolLookup open(String file) throws LoadException {
        MemorySegment handle;
        try (Arena arena = Arena.ofConfined()) {
            handle = (MemorySegment) open.invokeExact(dlopen, arena.allocateFrom(file), RTLD_NOW);
            if (handle.equals(MemorySegment.NULL)) {
                // char *dlerror(void), whose words the binding of another function would wipe out
                MethodHandle dlerror =
                        Linker.nativeLinker().downcallHandle(find("dlerror"), FunctionDescriptor.of(ADDRESS));
                handle = (MemorySegment) open.invokeExact(dlopen, arena.allocateFrom(file), RTLD_NOW);
                if (handle.equals(MemorySegment.NULL)) {
                    throw new LoadException(words((MemorySegment) dlerror.invokeExact(), file));
                }
            }
        } catch (LoadException e) {
            throw e;
        } catch (Throwable e) {
            throw NativeCall.rethrow(e);
        }
        // The same library again, which is open now. The JDK finds symbols without a native call that would have to be linked.
        return SymbolLookup.libraryLookup(file, Arena.global());
    }

    private static String words(MemorySegment message, String file) {
        if (message.equals(MemorySegment.NULL)) {
            return "the dynamic loader gave no reason";
        }
        String words = message.reinterpret(LONGEST_MESSAGE).getString(0);
        return words.startsWith(file + ": ") ? words.substring(file.length() + 2) : words;
    }

    /** The loader refused a library. */
    public static final class LoadException extends Exception {
        private static final long serialVersionUID = 1L;

        LoadException(String words) {
            super(words);
        }
    }
}
